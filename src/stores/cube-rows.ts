import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import { textsOf } from "../models/field.ts";
import { chooseFirst, chooseTop } from "./choose-rows.ts";
import { divideHalfUp } from "./conversion/exact-decimal.ts";
import { compareValues, fieldOf } from "./cube-order.ts";
import { type CubeQuery, type CubeRow, type Group, keysOf, MAX_GROUPS, tooManyGroups } from "./cube-store.ts";
import { readWindows } from "./cube-windows.ts";
import { hasPart } from "./cyclic-operators.ts";
import type { Filter, FilterValue } from "./document-store.ts";
import { takeBreaks } from "./take-breaks.ts";
import { fitsText } from "./text-operators.ts";

type Value = FilterValue | null;

/**
 * What both stores do with the groups they found, in this one place: divide the averages, look at windows,
 * then `having`, the first of each part, order and limit. A store that did the last already loses nothing. Groups come one by one,
 * and but for windows only those that may be among the first are kept; the event loop is left to others in between.
 */
export async function toCubeRows(
  cube: CubeModel,
  query: CubeQuery,
  found: Iterable<Group> | AsyncIterable<Group>,
  signal?: AbortSignal,
): Promise<readonly CubeRow[]> {
  const { having, present = null, windows = [] } = query;
  const checkKeys = createKeyCheck(cube, query);
  const rest = takeBreaks(signal);
  const chosen = query.topPerGroup
    ? chooseTop(cube, query, query.topPerGroup)
    : chooseFirst(cube, query, query);
  const choose = (group: Group) => {
    if (!having || matches(cube, having, group.values)) chosen.add(group);
  };
  const all: Group[] = [];
  let count = 0;
  for await (const one of found) {
    count += 1;
    if (count > MAX_GROUPS) throw tooManyGroups();
    checkKeys(one);
    const group = { set: one.set, values: withAverages(cube, one.values) };
    if (present && !matches(cube, present, group.values)) continue;
    if (windows.length > 0) all.push(group);
    else choose(group);
    if (rest.isDue()) await rest.take();
  }
  const toRow = ({ set, values }: Group) => ({ groupedBy: query.sets[set] ?? [], values });
  if (windows.length === 0) return chosen.all().map(toRow);
  const look = await readWindows({ cube, query, all, rest });
  for (const group of all) {
    choose(group);
    if (rest.isDue()) await rest.take();
  }
  return chosen.all().map((group) => ({ ...toRow(group), windows: look(group) }));
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
        case "atHour":
        case "onWeekday":
          return hasPart(filter.operator, String(value), Number(filter.value));
        default:
          return fitsText(filter.operator, String(value), String(filter.value));
      }
    }
  }
}
