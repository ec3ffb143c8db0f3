import { isConverted } from "../models/conversion.ts";
import type { CubeModel } from "../models/cube.ts";
import { conversionOf, toConvertedCube, toPartsSets } from "./converted-cube.ts";
import { toCubeRows } from "./cube-rows.ts";
import {
  baseMeasures,
  type CubeQuery,
  type CubeRow,
  type Group,
  keysOf,
  MAX_GROUPS,
  tooManyGroups,
} from "./cube-store.ts";
import type { RateDemand, Rates } from "./exchange-rates.ts";
import { foldOf, isNothing, type MeasureFold } from "./fold-measure.ts";
import { takeBreaks } from "./take-breaks.ts";

/** Parts of a query's groups by currency and day, as a store answered `toPartsQuery`. */
export interface Parts {
  readonly cube: CubeModel;
  readonly query: CubeQuery;
  readonly rows: readonly CubeRow[];
}

/** Which rates the parts need; of a part in which no money is, none. */
export function findRateDemand({ cube, query, rows }: Parts, target: string): RateDemand {
  const { currency, date } = conversionOf(cube);
  const money = baseMeasures(cube, query).filter((name) => isConverted(cube.cube.measures, name, currency));
  const currencies = new Set<string>();
  const days: string[] = [];
  for (const { values } of rows) {
    const [from, day] = [values[currency] ?? null, values[date] ?? null];
    if (from === null || day === null || from === target) continue;
    if (money.every((name) => isNothing(values[name] ?? null))) continue;
    currencies.add(String(from));
    days.push(String(day));
  }
  days.sort();
  return { currencies: [...currencies], target, firstDay: days[0] ?? "", lastDay: days.at(-1) ?? "" };
}

/**
 * The rows of a query in one currency, from its parts: each part times its rate, added up exactly and rounded once per value
 * that is shown. What is no money is put together as it is.
 * @throws VitrineError RATE_UNKNOWN for money of no day or no currency, LIMIT_EXCEEDED for more than MAX_GROUPS groups, and
 *   what `rates` throw
 */
export async function convertGroups(
  parts: Parts,
  rates: Rates,
  signal?: AbortSignal,
): Promise<readonly CubeRow[]> {
  const { cube, query, rows } = parts;
  const folds = baseMeasures(cube, query).map((name) => foldOf(cube, name, rates));
  const setsOf = new Map<string, number[]>();
  for (const [index, set] of toPartsSets(cube, query).entries()) {
    const name = JSON.stringify(set);
    setsOf.set(name, [...(setsOf.get(name) ?? []), index]);
  }
  const groups = openGroups(query, folds);
  const rest = takeBreaks(signal);
  for (const { groupedBy, values } of rows) {
    const folded = folds.map((fold) => fold.read(values));
    for (const set of setsOf.get(JSON.stringify(groupedBy)) ?? []) groups.add(set, values, folded);
    if (rest.isDue()) await rest.take();
  }
  return toCubeRows(toConvertedCube(cube), query, groups.all(), signal);
}

/** Groups that parts are added to; a total is there without any. */
function openGroups(query: CubeQuery, folds: readonly MeasureFold[]) {
  const keys = keysOf(query);
  type Folded = ReturnType<MeasureFold["read"]>;
  type Open = Group & { readonly folded: Folded[] };
  const open = new Map<string, Open>();
  const openGroup = (set: number, values: CubeRow["values"]): Open => {
    const own = query.sets[set] ?? [];
    const place = keys.map((key) => [key, own.includes(key) ? (values[key] ?? null) : null] as const);
    const id = JSON.stringify([set, place.map(([, value]) => value)]);
    const known = open.get(id);
    if (known) return known;
    if (open.size === MAX_GROUPS) throw tooManyGroups();
    const group: Open = { set, values: Object.fromEntries(place), folded: folds.map(() => null) };
    open.set(id, group);
    return group;
  };
  for (const [index, set] of query.sets.entries()) if (set.length === 0) openGroup(index, {});
  return {
    /** `more` is what the folds have read of the values. */
    add(set: number, values: CubeRow["values"], more: readonly Folded[]) {
      const { folded } = openGroup(set, values);
      for (const [at, fold] of folds.entries()) folded[at] = fold.join(folded[at] ?? null, more[at] ?? null);
    },
    *all(): Iterable<Group> {
      for (const { set, values, folded } of open.values()) {
        const shown = folds.map((fold, at) => fold.show(folded[at] ?? null));
        yield { set, values: Object.assign({}, values, ...shown) };
      }
    },
  };
}
