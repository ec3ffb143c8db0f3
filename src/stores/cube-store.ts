import { VitrineError } from "../errors.ts";
import type { CubeModel, Dimension, FieldCondition, Measure } from "../models/cube.ts";
import type { Filter, FilterValue, OrderTerm, ReadOptions } from "./document-store.ts";
import type { Step } from "./previous-period.ts";
import { checkRequiredValues } from "./required-values.ts";

/** Groups that one query may build, at most: beyond it the answer is no longer one a person reads. */
export const MAX_GROUPS = 100_000;

/** For whoever counts one more. */
export const tooManyGroups = (): VitrineError =>
  new VitrineError(
    "LIMIT_EXCEEDED",
    `The query builds more than ${MAX_GROUPS} groups. Group by fewer dimensions, or narrow it with \`where\`.`,
  );

/**
 * Answers cube queries. Given the same facts, live and mirror return equal rows in equal order.
 * Nulls are left out of every measure, and the sum of nothing is 0; a grouping set without keys always
 * has one row.
 */
export interface CubeStore {
  /** @throws VitrineError LIMIT_EXCEEDED when there are more than MAX_GROUPS groups to sort. */
  aggregate(cube: CubeModel, query: CubeQuery, options?: ReadOptions): Promise<readonly CubeRow[]>;
}

export interface CubeQuery {
  /** Grouping sets: each a list of dimensions. `[[]]` is one grand total, `[["state"]]` a plain group by. */
  readonly sets: readonly (readonly string[])[];
  /** The measures wanted. Those that only `having` or `orderBy` use need not be among them. */
  readonly measures: readonly string[];
  /** On the facts. */
  readonly where: Filter | null;
  /** On the measures of a group. */
  readonly having: Filter | null;
  /** On the measures of a group too: one that does not fit is not there, and counts in no window. Default: all are there. */
  readonly present?: Filter | null | undefined;
  /** Dimensions of some set, and measures. Then follow the set's place in `sets` and the keys in keysOf order, so the order is total. */
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number;
  /** Also the rows that `orderBy` puts level with the last one. */
  readonly withTies: boolean;
  /** Of the groups that `having` leaves, the first within each value of some dimensions; then come order and limit. */
  readonly topPerGroup?: TopPerGroup | undefined;
  /** What rows tell of their place among all groups. */
  readonly windows?: readonly CubeWindow[] | undefined;
}

export interface TopPerGroup {
  /** Rows that are not grouped by one of these are compared without it. */
  readonly by: readonly string[];
  readonly limit: number;
  /** As of a query; its ties too are decided by the keys. */
  readonly orderBy: readonly OrderTerm[];
}

/**
 * Windows look at all groups of a row's set that `where` leaves, whether or not they are rows of the answer, and never across
 * values of a dimension that a measure requires.
 */
export type CubeWindow =
  /** The part in the total of all rows, or of those with the same values of `within`; null when that is 0. */
  | { readonly kind: "share"; readonly measures: readonly string[]; readonly within: readonly string[] }
  /** The sum of all rows up to this one, in an order whose ties the keys decide. */
  | {
      readonly kind: "runningTotal";
      readonly measures: readonly string[];
      readonly within: readonly string[];
      readonly orderBy: readonly OrderTerm[];
    }
  /** The value of the period before, or of a year before, of a date; null when there is no such group. */
  | {
      readonly kind: "previous";
      readonly measures: readonly string[];
      readonly over: string;
      readonly step: Step;
    };

/** By measure. */
export type WindowValues = Readonly<Record<string, FilterValue | null>>;

export interface CubeRow {
  /** What the row is grouped by: tells a null of the data from the null of a subtotal. */
  readonly groupedBy: readonly string[];
  /** Dimensions and measures by name; null for a dimension that the row is not grouped by. */
  readonly values: Readonly<Record<string, FilterValue | null>>;
  /** Of each window of the query, in its order. */
  readonly windows?: readonly WindowValues[];
}

/** A group as a store gives it: the base measures (no averages) in canonical form. */
export interface Group {
  /** Index into `sets`. */
  readonly set: number;
  readonly values: Readonly<Record<string, FilterValue | null>>;
}

/** The fields that a filter names, each as often as it does. */
export function filterFields(filter: Filter | null): readonly string[] {
  if (filter === null) return [];
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.filters.flatMap(filterFields);
    case "not":
      return filterFields(filter.filter);
    case "compare":
    case "in":
    case "isNull":
      return [filter.field];
  }
}

/** The dimensions that any set groups by, in the order of their first use. */
export const keysOf = (query: CubeQuery): readonly string[] => [...new Set(query.sets.flat())];

/** What the groups of the answer must fit. */
export function havingOf({ having, present = null }: CubeQuery): Filter | null {
  if (having === null || present === null) return having ?? present;
  return { kind: "and", filters: [present, having] };
}

/** Every measure that the query uses, wherever. */
export function usedMeasures(cube: CubeModel, query: CubeQuery): readonly string[] {
  const windows = query.windows ?? [];
  const terms = [
    ...query.orderBy,
    ...(query.topPerGroup?.orderBy ?? []),
    ...windows.flatMap((window) => ("orderBy" in window ? window.orderBy : [])),
  ];
  const ordered = terms.map((term) => term.field).filter((field) => field in cube.cube.measures);
  const seen = windows.flatMap(({ measures }) => measures);
  return [...new Set([...query.measures, ...filterFields(havingOf(query)), ...ordered, ...seen])];
}

/** The measures that a store computes for the query: an average is divided later, from its two parts. */
export function baseMeasures(cube: CubeModel, query: CubeQuery): readonly string[] {
  const names = usedMeasures(cube, query).flatMap((name) => {
    const measure = cube.cube.measures[name];
    if (!measure) throw new VitrineError("BAD_INPUT", `Cube ${cube.name} has no measure "${name}".`);
    return measure.kind === "average" ? [measure.sum, measure.count] : [name];
  });
  return [...new Set(names)];
}

/** Which facts a base measure counts, as a filter on them; null: all. */
export function factsOf(measure: Measure): Filter | null {
  if (measure.kind === "average" || measure.where === undefined) return null;
  const filters = Object.entries(measure.where).flatMap(([field, condition]) => toFilters(field, condition));
  return filters.length === 1 && filters[0] ? filters[0] : { kind: "and", filters };
}

function toFilters(field: string, condition: FieldCondition): readonly Filter[] {
  const { eq, ne, in: some, notIn, isNull } = condition;
  return [
    ...(eq === undefined ? [] : [{ kind: "compare", field, operator: "eq", value: eq } as const]),
    ...(ne === undefined ? [] : [{ kind: "compare", field, operator: "ne", value: ne } as const]),
    ...(some === undefined ? [] : [{ kind: "in", field, negated: false, values: some } as const]),
    ...(notIn === undefined ? [] : [{ kind: "in", field, negated: true, values: notIn } as const]),
    ...(isNull === undefined ? [] : [{ kind: "isNull", field, isNull } as const]),
  ];
}

/**
 * Whether the store itself can filter groups, sort and cut them: not by an average, divided later, nor with ties, nor
 * where rows are compared with others.
 */
export function canFinishInStore(cube: CubeModel, query: CubeQuery): boolean {
  if (query.withTies || query.topPerGroup || (query.windows ?? []).length > 0) return false;
  const names = [...filterFields(havingOf(query)), ...query.orderBy.map((term) => term.field)];
  return names.every((name) => cube.cube.measures[name]?.kind !== "average");
}

/**
 * @throws VitrineError BAD_INPUT that names what the cube does not have, or what nothing is grouped by; QUERY_INVALID for a
 *   measure across several values of a dimension that it requires
 */
export function checkCubeQuery(cube: CubeModel, query: CubeQuery): void {
  const fail = (problem: string): never => {
    throw new VitrineError("BAD_INPUT", `Cube ${cube.name} ${problem}.`);
  };
  const keys = keysOf(query);
  for (const key of keys) if (!Object.hasOwn(cube.cube.dimensions, key)) fail(`has no dimension "${key}"`);
  for (const name of [...query.measures, ...filterFields(havingOf(query))])
    if (!Object.hasOwn(cube.cube.measures, name)) fail(`has no measure "${name}"`);
  const checkOrder = (orderBy: readonly OrderTerm[]) => {
    for (const { field } of orderBy)
      if (!keys.includes(field) && !Object.hasOwn(cube.cube.measures, field))
        fail(`cannot be sorted by "${field}", which is no measure and nothing is grouped by`);
  };
  const checkKeys = (names: readonly string[]) => {
    for (const name of names) if (!keys.includes(name)) fail(`is grouped by no "${name}"`);
  };
  checkOrder(query.orderBy);
  checkOrder(query.topPerGroup?.orderBy ?? []);
  checkKeys(query.topPerGroup?.by ?? []);
  for (const window of query.windows ?? []) {
    checkKeys(window.kind === "previous" ? [window.over] : window.within);
    if (window.kind === "runningTotal") checkOrder(window.orderBy);
    if (window.kind === "previous" && !isOfPeriods(cube.cube.dimensions[window.over]))
      fail(`has no periods by "${window.over}", which could be before each other`);
    for (const name of window.measures) {
      if (!Object.hasOwn(cube.cube.measures, name)) fail(`has no measure "${name}"`);
      if (window.kind !== "previous" && !isAdditive(cube.cube.measures[name]))
        fail(`cannot add up "${name}" of several groups`);
    }
  }
  checkRequiredValues(cube, query, usedMeasures(cube, query));
}

/** Whether the values of groups add up to that of all their facts. */
export const isAdditive = (measure: Measure | undefined): boolean =>
  measure?.kind === "sum" || measure?.kind === "count";

/** Whether the values of a dimension are days, or periods that follow each other. */
export const isOfPeriods = (dimension: Dimension | undefined): boolean => dimension?.type.kind === "date";

/** Names all queries of a cube that cost a store about the same: they differ in values, order and length at most. */
export const questionOf = (cube: CubeModel, query: CubeQuery): string =>
  JSON.stringify([cube.name, query.sets, baseMeasures(cube, query), toShape(query.where)]);

/** A filter without its values. */
function toShape(filter: Filter | null): unknown {
  switch (filter?.kind) {
    case undefined:
      return null;
    case "and":
    case "or":
      return [filter.kind, ...filter.filters.map(toShape)];
    case "not":
      return ["not", toShape(filter.filter)];
    case "compare":
      return [filter.operator, filter.field];
    case "in":
      return ["in", filter.field, filter.negated];
    case "isNull":
      return ["isNull", filter.field, filter.isNull];
  }
}
