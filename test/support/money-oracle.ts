import type { CubeModel } from "../../src/models/cube.ts";
import type { CubeQuery, CubeRow } from "../../src/stores/cube-store.ts";
import { expectRows, type Fact } from "./cube-oracle.ts";
import { text, units, type Value } from "./oracle-values.ts";

/** What is asked to be shown in which currency. */
export interface Asked {
  readonly query: CubeQuery;
  readonly target: string;
  readonly where: (fact: Fact) => boolean;
  readonly having: (row: Record<string, Value>) => boolean;
}

const RATE_SCALE = 6;

/**
 * What a question in one currency must answer, by converting every fact by itself; null when some money has no rate, or one
 * that is not above zero. `money` are the sums, least and greatest that are converted.
 */
export function expectConverted(
  cube: CubeModel,
  { facts, rates, money }: { facts: readonly Fact[]; rates: readonly Fact[]; money: readonly string[] },
  asked: Asked,
): readonly CubeRow[] | null {
  const { conversion } = cube.cube;
  if (!conversion) throw new Error(`${cube.name} converts nothing.`);
  const { currency, date, scale } = conversion;
  const fields = new Set(money.map((name) => fieldOf(cube, name)));
  const rateOf = (fact: Fact): bigint | null => {
    if (fact[currency] === asked.target) return 10n ** BigInt(RATE_SCALE);
    const day = String(fact[date]);
    const known = rates.filter(
      (one) =>
        one.currencyFrom === fact[currency] &&
        one.currencyTo === asked.target &&
        String(one.date) <= day &&
        fact[date] !== null,
    );
    const last = known.reduce<Fact | null>(
      (best, one) => (best === null || String(one.date) > String(best.date) ? one : best),
      null,
    );
    const rate = last === null ? 0n : units(last.rate ?? null, RATE_SCALE);
    return rate === 0n || fact[date] === null ? null : rate;
  };
  if (lacksRate(cube, facts, money, asked, rateOf)) return null;
  const scaled = (name: string): number => scaleOf(cube, name) + RATE_SCALE;
  const converted = facts.map((fact) => {
    const rate = rateOf(fact) ?? 0n;
    const own = [...fields].map((name) => {
      const value = fact[name] ?? null;
      return [name, value === null ? null : text(units(value, scaleOf(cube, name)) * rate, scaled(name))];
    });
    return { ...fact, ...Object.fromEntries(own) };
  });
  const fine = (name: string, to: number) => ({ ...cube.fields[name], kind: "decimal", scale: to }) as never;
  const shown: CubeModel = {
    ...cube,
    fields: {
      ...cube.fields,
      ...Object.fromEntries([...fields].map((name) => [name, fine(name, scaled(name))])),
    },
    cube: {
      ...cube.cube,
      measureModel: {
        ...cube.cube.measureModel,
        fields: {
          ...cube.cube.measureModel.fields,
          ...Object.fromEntries(
            money.map((name) => [name, { ...cube.cube.measureModel.fields[name], scale } as never]),
          ),
        },
      },
    },
  };
  const show = (name: string, value: Value): Value =>
    value === null || !money.includes(name)
      ? value
      : round(String(value), scaled(fieldOf(cube, name)), scale);
  return expectRows(shown, converted, asked.query, { where: asked.where, having: asked.having, show });
}

/** Whether money that is not zero, of one group, currency and day, has no rate. */
function lacksRate(
  cube: CubeModel,
  facts: readonly Fact[],
  money: readonly string[],
  { query, where }: Asked,
  rateOf: (fact: Fact) => bigint | null,
): boolean {
  const { currency = "", date = "" } = cube.cube.conversion ?? {};
  const sets = query.sets.map((set) => [...new Set([...set, currency, date])]);
  const plain = { sets, measures: [], where: null, having: null, orderBy: [], limit: 1e6, withTies: false };
  const used = usedMoney(cube, query, money);
  return expectRows(cube, facts, plain, { where, having: () => true }).some(
    ({ values }) =>
      used.some((name) => Number(values[name] ?? 0) !== 0) &&
      rateOf({ [currency]: values[currency] as never, [date]: values[date] as never }) === null,
  );
}

/** The money that a question uses anywhere; of an average its sum. */
function usedMoney(cube: CubeModel, query: CubeQuery, money: readonly string[]): readonly string[] {
  const names = JSON.stringify([
    query.measures,
    query.having,
    query.orderBy,
    query.topPerGroup,
    query.windows,
  ]);
  const used = Object.entries(cube.cube.measures).filter(([name]) => names.includes(`"${name}"`));
  const bases = used.map(([name, measure]) => (measure.kind === "average" ? measure.sum : name));
  return money.filter((name) => bases.includes(name));
}

function fieldOf(cube: CubeModel, name: string): string {
  const measure = cube.cube.measures[name];
  if (!measure || !("field" in measure)) throw new Error(`${name} is of no field.`);
  return measure.field;
}

function scaleOf(cube: CubeModel, field: string): number {
  const spec = cube.fields[field];
  return spec?.kind === "decimal" ? spec.scale : 0;
}

/** Half away from zero. */
function round(value: string, from: number, to: number): string {
  const all = units(value, from);
  const sign = all < 0n ? -1n : 1n;
  const unit = 10n ** BigInt(from - to);
  const whole = (all * sign) / unit;
  const up = (all * sign - whole * unit) * 2n >= unit ? 1n : 0n;
  return text(sign * (whole + up), to);
}
