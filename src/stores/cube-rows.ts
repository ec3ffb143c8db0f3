import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import { type ScalarField, textsOf } from "../models/field.ts";
import { compareDecimals, divideHalfUp } from "./conversion/exact-decimal.ts";
import { type CubeQuery, type CubeRow, type Group, keysOf, MAX_GROUPS } from "./cube-store.ts";
import type { Filter, FilterValue } from "./document-store.ts";
import { fitsText } from "./text-operators.ts";

type Value = FilterValue | null;

/**
 * What both stores do with the groups they found, in this one place: divide the averages,
 * then `having`, order and limit. A store that did the last three already loses nothing.
 */
export function toCubeRows(cube: CubeModel, query: CubeQuery, found: readonly Group[]): readonly CubeRow[] {
  if (found.length > MAX_GROUPS)
    throw new VitrineError(
      "LIMIT_EXCEEDED",
      `The query builds more than ${MAX_GROUPS} groups. Group by fewer dimensions, or narrow it with \`where\`.`,
    );
  checkKeys(cube, query, found);
  const groups = found.map((group) => ({
    set: group.set,
    values: withAverages(cube, group.values),
  }));
  const { having } = query;
  const kept = having ? groups.filter((group) => matches(cube, having, group.values)) : groups;
  const sorted = kept.sort(
    (left, right) => compareWanted(cube, query, left, right) || comparePlaces(cube, query, left, right),
  );
  let end = query.limit;
  const last = sorted[end - 1];
  if (query.withTies && last)
    while (sorted[end] && compareWanted(cube, query, sorted[end] ?? last, last) === 0) end += 1;
  return sorted.slice(0, end).map(({ set, values }) => ({ groupedBy: query.sets[set] ?? [], values }));
}

/** A fact that no document may be has made a group that no answer can name. @throws VitrineError DOCUMENT_INVALID */
function checkKeys(cube: CubeModel, query: CubeQuery, found: readonly Group[]): void {
  for (const key of keysOf(query)) {
    const { type } = cube.cube.dimensions[key] ?? {};
    if (type?.kind !== "enumeration") continue;
    const known = new Set<Value>([null, ...textsOf(type)]);
    const wrong = found.find(({ values }) => !known.has(values[key] ?? null));
    if (!wrong) continue;
    const given = type.pii ? "a text" : JSON.stringify(wrong.values[key]);
    throw new VitrineError(
      "DOCUMENT_INVALID",
      `${cube.name}: ${key} of some fact is ${given}, which is none of its values: ${textsOf(type).join(", ")}.`,
    );
  }
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

/** By what the query asks for. */
function compareWanted(cube: CubeModel, query: CubeQuery, left: Group, right: Group): number {
  for (const { field, direction } of query.orderBy) {
    const order = compareBy(cube, field, left, right);
    if (order !== 0) return direction === "asc" ? order : -order;
  }
  return 0;
}

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
