import type { CubeModel, Dimension } from "../../src/models/cube.ts";
import type { CubeQuery, CubeWindow } from "../../src/stores/cube-store.ts";
import { compare, type OracleRow, periodOfDay, text, units, type Value } from "./oracle-values.ts";

/**
 * What the windows of a query must say of each row, by looking at all others for every row. Shares no code with the
 * stores. `rows` are all groups, before `having`.
 */
export function expectWindows(
  cube: CubeModel,
  query: CubeQuery,
  rows: readonly OracleRow[],
): ReadonlyMap<OracleRow, readonly Record<string, Value>[]> {
  return new Map(
    rows.map((row) => [
      row,
      (query.windows ?? []).map((window) =>
        Object.fromEntries(
          window.measures.map((name) => [name, expectValue(cube, query, { row, rows, window, name })]),
        ),
      ),
    ]),
  );
}

interface Asked {
  readonly row: OracleRow;
  readonly rows: readonly OracleRow[];
  readonly window: CubeWindow;
  readonly name: string;
}

const scaleOf = (cube: CubeModel, name: string): number => {
  const field = cube.cube.measureModel.fields[name];
  return field?.kind === "decimal" ? field.scale : 0;
};

function expectValue(cube: CubeModel, query: CubeQuery, { row, rows, window, name }: Asked): Value {
  const scale = scaleOf(cube, name);
  if (window.kind === "previous") {
    const { over, step } = window;
    if (!row.groupedBy.includes(over) || row.values[over] === null) return null;
    const found = rows.filter(
      (other) => isBefore(cube.cube.dimensions, other, row, over, step) && other.set === row.set,
    );
    if (found.length > 1) throw new Error(`Two rows are before one: ${JSON.stringify([row, found])}`);
    return found[0]?.values[name] ?? null;
  }
  const part = rows.filter((other) => isBeside(row, other, window.within));
  if (window.kind === "runningTotal") {
    const upTo = part.filter((other) => compareRows(cube, query, window.orderBy, other, row) <= 0);
    const total = upTo.reduce((sum, other) => sum + units(other.values[name] ?? null, scale), 0n);
    return cube.cube.measureModel.fields[name]?.kind === "int" ? Number(total) : text(total, scale);
  }
  const total = part.reduce((sum, other) => sum + units(other.values[name] ?? null, scale), 0n);
  if (total === 0n) return null;
  const value = units(row.values[name] ?? null, scale);
  const positive = (n: bigint) => (n < 0n ? -n : n);
  const millionths = positive(value) * 1_000_000n;
  const down = millionths / positive(total);
  const up = (millionths - down * positive(total)) * 2n >= positive(total) ? 1n : 0n;
  const sign = value < 0n !== total < 0n ? -1n : 1n;
  return text(sign * (down + up), 6);
}

const isBeside = (row: OracleRow, other: OracleRow, within: readonly string[]): boolean =>
  other.set === row.set &&
  within.every((name) => !row.groupedBy.includes(name) || other.values[name] === row.values[name]);

/** By the terms, then by what makes every order total. */
export function compareRows(
  cube: CubeModel,
  query: CubeQuery,
  orderBy: CubeQuery["orderBy"],
  a: OracleRow,
  b: OracleRow,
): number {
  for (const { field, direction } of orderBy) {
    const order = compare(cube, field, a.values[field] ?? null, b.values[field] ?? null);
    if (order !== 0) return direction === "asc" ? order : -order;
  }
  if (a.set !== b.set) return a.set - b.set;
  for (const key of new Set(query.sets.flat())) {
    const order = compare(cube, key, a.values[key] ?? null, b.values[key] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** What a value of each says of the others of its date; a day says all. */
const said: Readonly<Record<string, readonly string[]>> = {
  day: ["day", "week", "month", "quarter", "year", "weekday"],
  week: ["week"],
  month: ["month", "quarter", "year"],
  quarter: ["quarter", "year"],
  year: ["year"],
};

function isBefore(
  dimensions: Readonly<Record<string, Dimension>>,
  other: OracleRow,
  row: OracleRow,
  over: string,
  step: "period" | "year",
): boolean {
  const own = dimensions[over];
  const period = own?.period ?? "day";
  for (const key of row.groupedBy) {
    const one = dimensions[key];
    const follows = one?.field === own?.field && said[period]?.includes(one?.period ?? "day");
    if (!follows && other.values[key] !== row.values[key]) return false;
  }
  const [then, now] = [String(other.values[over]), String(row.values[over])];
  if (other.values[over] === null) return false;
  if (step === "period") {
    const last = new Date(Date.parse(now) - 86_400_000).toISOString().slice(0, 10);
    return then === periodOfDay(period, last);
  }
  if (period !== "week")
    return Number(then.slice(0, 4)) + 1 === Number(now.slice(0, 4)) && then.slice(4) === now.slice(4);
  const [[yearThen, weekThen], [yearNow, weekNow]] = [isoWeek(then), isoWeek(now)];
  return yearThen + 1 === yearNow && weekThen === weekNow;
}

/** Year and number of the ISO week of a Monday: it is of the year that has four of its days. */
function isoWeek(monday: string): readonly [number, number] {
  const days = Array.from({ length: 7 }, (_, n) => new Date(Date.parse(monday) + n * 86_400_000));
  const years = days.map((day) => day.getUTCFullYear());
  const year = years.filter((one) => one === years[0]).length >= 4 ? years[0] : years[6];
  const first = Date.UTC(year ?? 0, 0, 1);
  // The week with 1 January counts when it has four days of the year.
  const january = (new Date(first).getUTCDay() + 6) % 7;
  const begin = first - january * 86_400_000 + (january <= 3 ? 0 : 7 * 86_400_000);
  return [year ?? 0, Math.round((Date.parse(monday) - begin) / (7 * 86_400_000)) + 1];
}
