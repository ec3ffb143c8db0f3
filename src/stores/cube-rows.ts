import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import { type ScalarField, textsOf } from "../models/field.ts";
import { compareDecimals, divideHalfUp } from "./conversion/exact-decimal.ts";
import { type CubeQuery, type CubeRow, type Group, keysOf, MAX_GROUPS } from "./cube-store.ts";
import type { Filter, FilterValue } from "./document-store.ts";
import { keepFirst } from "./keep-first.ts";
import { takeBreaks } from "./take-breaks.ts";
import { fitsText } from "./text-operators.ts";

type Value = FilterValue | null;

/**
 * What both stores do with the groups they found, in this one place: divide the averages,
 * then `having`, order and limit. A store that did the last three already loses nothing. Groups come one by one, and
 * only those that may be among the first are kept; the event loop is left to others in between.
 */
export async function toCubeRows(
  cube: CubeModel,
  query: CubeQuery,
  found: Iterable<Group> | AsyncIterable<Group>,
  signal?: AbortSignal,
): Promise<readonly CubeRow[]> {
  const { having, orderBy } = query;
  const first = keepFirst<Sortable>(query.limit, {
    wanted: (left, right) => compareKeys(left.keys, right.keys, orderBy),
    total: (left, right) =>
      compareKeys(left.keys, right.keys, orderBy) || comparePlaces(cube, query, left.group, right.group),
    withTies: query.withTies,
  });
  const checkKeys = createKeyCheck(cube, query);
  const rest = takeBreaks(signal);
  let count = 0;
  for await (const one of found) {
    count += 1;
    if (count > MAX_GROUPS)
      throw new VitrineError(
        "LIMIT_EXCEEDED",
        `The query builds more than ${MAX_GROUPS} groups. Group by fewer dimensions, or narrow it with \`where\`.`,
      );
    checkKeys(one);
    const group = { set: one.set, values: withAverages(cube, one.values) };
    if (!having || matches(cube, having, group.values))
      first.add({
        group,
        keys: orderBy.map(({ field }) => toSortKey(fieldOf(cube, field), group.values[field] ?? null)),
      });
    if (rest.isDue()) await rest.take();
  }
  return first.all().map(({ group }) => ({ groupedBy: query.sets[group.set] ?? [], values: group.values }));
}

interface Sortable {
  readonly group: Group;
  /** Of the terms that the query orders by: computed once, not once per comparison. */
  readonly keys: readonly SortKey[];
}

type SortKey = null | number | bigint | Buffer;

/** Sorts as compareValues does. */
function toSortKey(field: ScalarField, value: Value): SortKey {
  if (value === null) return null;
  if (field.kind === "int" || field.kind === "boolean") return Number(value);
  if (field.kind === "decimal") {
    const [whole = "0", fraction = ""] = String(value).split(".");
    return BigInt(whole + fraction.padEnd(field.scale, "0"));
  }
  return field.kind === "bigint" ? BigInt(String(value)) : Buffer.from(String(value));
}

function compareKeys(
  left: readonly SortKey[],
  right: readonly SortKey[],
  orderBy: CubeQuery["orderBy"],
): number {
  for (const [index, { direction }] of orderBy.entries()) {
    const order = compareKey(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return direction === "asc" ? order : -order;
  }
  return 0;
}

function compareKey(left: SortKey, right: SortKey): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return Buffer.compare(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Looks whether a fact that no document may be has made a group that no answer can name.
 * @throws VitrineError DOCUMENT_INVALID (the function that is returned)
 */
function createKeyCheck(cube: CubeModel, query: CubeQuery): (group: Group) => void {
  const closed = keysOf(query).flatMap((key) => {
    const { type } = cube.cube.dimensions[key] ?? {};
    return type?.kind === "enumeration"
      ? [{ key, type, known: new Set<Value>([null, ...textsOf(type)]) }]
      : [];
  });
  return ({ values }) => {
    for (const { key, type, known } of closed) {
      const value = values[key] ?? null;
      if (known.has(value)) continue;
      const given = type.pii ? "a text" : JSON.stringify(value);
      throw new VitrineError(
        "DOCUMENT_INVALID",
        `${cube.name}: ${key} of some fact is ${given}, which is none of its values: ${textsOf(type).join(", ")}.`,
      );
    }
  };
}

function withAverages(cube: CubeModel, values: Group["values"]): Group["values"] {
  const averages = Object.entries(cube.cube.measures).flatMap(([name, measure]) => {
    if (measure.kind !== "average") return [];
    const dividend = values[measure.sum];
    const divisor = values[measure.count];
    if (typeof dividend !== "string" || typeof divisor !== "number") return [];
    return [[name, divideHalfUp(dividend, divisor, measure.scale)]];
  });
  return averages.length === 0 ? values : { ...values, ...Object.fromEntries(averages) };
}

function fieldOf(cube: CubeModel, name: string): ScalarField {
  const field = cube.cube.dimensions[name]?.type ?? cube.cube.measureModel.fields[name];
  if (!field) throw new VitrineError("BAD_INPUT", `Cube ${cube.name} has no "${name}".`);
  return field;
}

/** Binary, by value, as the stores compare; null first. */
function compareValues(field: ScalarField, left: Value, right: Value): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (field.kind === "int" || field.kind === "boolean") return Number(left) - Number(right);
  if (field.kind === "decimal" || field.kind === "bigint")
    return compareDecimals(String(left), String(right));
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}

const compareBy = (cube: CubeModel, name: string, left: Group, right: Group): number =>
  compareValues(fieldOf(cube, name), left.values[name] ?? null, right.values[name] ?? null);

/** By what makes the order total: the grouping set, then its keys. */
function comparePlaces(cube: CubeModel, query: CubeQuery, left: Group, right: Group): number {
  if (left.set !== right.set) return left.set - right.set;
  for (const key of keysOf(query)) {
    const order = compareBy(cube, key, left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** The stores' two-valued comparison: with null it is false, and `not` of it true. */
function matches(cube: CubeModel, filter: Filter, values: Group["values"]): boolean {
  switch (filter.kind) {
    case "and":
      return filter.filters.every((inner) => matches(cube, inner, values));
    case "or":
      return filter.filters.some((inner) => matches(cube, inner, values));
    case "not":
      return !matches(cube, filter.filter, values);
    case "isNull":
      return ((values[filter.field] ?? null) === null) === filter.isNull;
    case "in": {
      const field = fieldOf(cube, filter.field);
      const value = values[filter.field] ?? null;
      const found = value !== null && filter.values.some((item) => compareValues(field, value, item) === 0);
      return found !== filter.negated;
    }
    case "compare": {
      const value = values[filter.field] ?? null;
      if (value === null) return filter.operator === "ne";
      const order = compareValues(fieldOf(cube, filter.field), value, filter.value);
      switch (filter.operator) {
        case "eq":
          return order === 0;
        case "ne":
          return order !== 0;
        case "lt":
          return order < 0;
        case "lte":
          return order <= 0;
        case "gt":
          return order > 0;
        case "gte":
          return order >= 0;
        default:
          return fitsText(filter.operator, String(value), String(filter.value));
      }
    }
  }
}
