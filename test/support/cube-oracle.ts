import type { CubeModel, FactCondition } from "../../src/models/cube.ts";
import type { CubeQuery, CubeRow } from "../../src/stores/cube-store.ts";
import { compareRows, expectWindows } from "./cube-window-oracle.ts";
import { compare, type OracleRow, periodOfDay, text, units, type Value } from "./oracle-values.ts";

/** A fact in canonical form. */
export type Fact = Readonly<Record<string, string | number | null>>;
/**
 * What a cube query must answer, computed from the facts in the plainest way. Shares no code with the stores.
 * `keep` decides `where` and `having`, which the caller states as functions, and may show a measure otherwise than it is.
 */
export function expectRows(
  cube: CubeModel,
  facts: readonly Fact[],
  query: CubeQuery,
  keep: {
    readonly where: (fact: Fact) => boolean;
    readonly having: (row: Record<string, Value>) => boolean;
    /** Groups that do not fit are not there, and count in no window. Default: all are. */
    readonly present?: (row: Record<string, Value>) => boolean;
    readonly show?: (name: string, value: Value) => Value;
  },
): readonly CubeRow[] {
  const used = facts.filter(keep.where);
  const all: OracleRow[] = [];
  query.sets.forEach((keys, set) => {
    const groups = new Map<string, Fact[]>();
    if (keys.length === 0) groups.set("", []);
    for (const fact of used) {
      const name = keys.length === 0 ? "" : JSON.stringify(keys.map((key) => keyOf(cube, fact, key)));
      groups.set(name, [...(groups.get(name) ?? []), fact]);
    }
    for (const group of groups.values()) {
      const values: Record<string, Value> = {};
      for (const key of query.sets.flat())
        values[key] = keys.includes(key) && group[0] ? keyOf(cube, group[0], key) : null;
      for (const name of Object.keys(cube.cube.measures)) {
        const value = measure(cube, group, name);
        values[name] = keep.show ? keep.show(name, value) : value;
      }
      if (keep.present?.(values) ?? true) all.push({ set, groupedBy: keys, values });
    }
  });
  const windows = expectWindows(cube, query, all);
  const rows = all
    .filter(({ values }) => keep.having(values))
    .filter((row, _index, left) => isAmongTop(cube, query, row, left))
    .sort((a, b) => compareRows(cube, query, query.orderBy, a, b));
  const last = rows[query.limit - 1];
  const isLevel = (row: { values: Record<string, Value> }) =>
    last !== undefined &&
    query.orderBy.every(
      ({ field }) => compare(cube, field, row.values[field] ?? null, last.values[field] ?? null) === 0,
    );
  const kept = rows.filter((row, index) => index < query.limit || (query.withTies && isLevel(row)));
  return kept.map((row) => ({
    groupedBy: row.groupedBy,
    values: row.values,
    ...(query.windows ? { windows: windows.get(row) ?? [] } : {}),
  }));
}

/** Whether fewer rows than are wanted come before this one in its part. */
function isAmongTop(cube: CubeModel, query: CubeQuery, row: OracleRow, rows: readonly OracleRow[]): boolean {
  const top = query.topPerGroup;
  if (!top) return true;
  const by = top.by.filter((name) => row.groupedBy.includes(name));
  const before = rows.filter(
    (other) =>
      other.set === row.set &&
      by.every((name) => other.values[name] === row.values[name]) &&
      compareRows(cube, query, top.orderBy, other, row) < 0,
  );
  return before.length < top.limit;
}

function keyOf(cube: CubeModel, fact: Fact, key: string): Value {
  const { field, period } = cube.cube.dimensions[key] ?? { field: key, period: null };
  const value = fact[field] ?? null;
  if (period === null || value === null) return value;
  const moment = String(value);
  if (period === "hour") return Number(moment.slice(11, 13));
  return periodOfDay(period, moment.slice(0, 10));
}

function measure(cube: CubeModel, facts: readonly Fact[], name: string): Value {
  const spec = cube.cube.measures[name];
  if (!spec) throw new Error(`No measure ${name}.`);
  const used = spec.kind === "average" ? facts : facts.filter((fact) => doesCount(fact, spec.where ?? {}));
  switch (spec.kind) {
    case "count":
      return used.length;
    case "countDistinct":
      return new Set(used.map((fact) => fact[spec.field]).filter((value) => value !== null)).size;
    case "min":
    case "max": {
      let found: Value = null;
      for (const fact of used) {
        const value = fact[spec.field] ?? null;
        const order = compare(cube, name, value, found);
        if (value !== null && (found === null || (spec.kind === "min" ? order < 0 : order > 0)))
          found = value;
      }
      return found;
    }
    case "sum": {
      const scale = scaleOf(cube, spec.field);
      const total = used.reduce((sum, fact) => sum + units(fact[spec.field] ?? null, scale), 0n);
      return text(total, scale);
    }
    case "average": {
      const sumSpec = cube.cube.measures[spec.sum];
      const scale = sumSpec?.kind === "sum" ? scaleOf(cube, sumSpec.field) : 0;
      const sum = units(measure(cube, facts, spec.sum), scale);
      const count = BigInt(Number(measure(cube, facts, spec.count)));
      if (count === 0n) return null;
      // Twice the exact value in units of the wanted scale, then a half is an odd number.
      const sign = sum < 0n ? -1n : 1n;
      const exact = sum * sign * 10n ** BigInt(spec.scale + 2);
      const down = exact / (count * 10n ** BigInt(scale + 2));
      const rest = exact - down * count * 10n ** BigInt(scale + 2);
      const up = 2n * rest >= count * 10n ** BigInt(scale + 2) ? 1n : 0n;
      return text(sign * (down + up), spec.scale);
    }
  }
}

const doesCount = (fact: Fact, where: FactCondition): boolean =>
  Object.entries(where).every(([field, { eq, ne, in: some, notIn, isNull }]) => {
    const value = fact[field] ?? null;
    if (isNull !== undefined && isNull !== (value === null)) return false;
    if (value === null) return eq === undefined && some === undefined;
    return (
      (eq === undefined || value === eq) &&
      (ne === undefined || value !== ne) &&
      (some === undefined || some.includes(value)) &&
      (notIn === undefined || !notIn.includes(value))
    );
  });

function scaleOf(cube: CubeModel, field: string): number {
  const spec = cube.fields[field];
  return spec?.kind === "decimal" ? spec.scale : 0;
}
