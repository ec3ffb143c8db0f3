import { VitrineError } from "../errors.ts";
import { type CubeModel, currentDimension } from "../models/cube.ts";
import {
  type CubeQuery,
  type CubeWindow,
  isOfPeriods,
  type TopPerGroup,
  usedMeasures,
} from "../stores/cube-store.ts";
import type { FilterValue, OrderTerm } from "../stores/document-store.ts";
import { addRequired } from "../stores/required-values.ts";
import type { Selection } from "./cube-selection.ts";
import { toFilter } from "./filters.ts";

/** Rows of one answer, at most. */
export const MAX_ROWS = 10_000;
export const DEFAULT_ROWS = 100;
/** Grouping sets of one query, at most: a cube of six dimensions. */
const MAX_SETS = 64;
/** Rows within each value of other dimensions, at most. */
export const MAX_TOP = 1000;

type Names = readonly string[] | null | undefined;

export interface CubeArguments {
  readonly groupBy?: Names;
  readonly groupingSets?: readonly (readonly string[])[] | null | undefined;
  readonly rollup?: Names;
  readonly cube?: Names;
  readonly where?: unknown;
  readonly having?: unknown;
  readonly orderBy?: readonly string[] | null | undefined;
  readonly first?: number | null | undefined;
  readonly withTies?: boolean | null | undefined;
  readonly topPerGroup?: TopArguments | null | undefined;
  /** In canonical form, of the kind of the conversion's currency; only of a cube that has one. */
  readonly convertTo?: FilterValue | null | undefined;
}

export interface TopArguments {
  readonly by: readonly string[];
  readonly first: number;
  readonly orderBy?: readonly string[] | null | undefined;
}

/**
 * The stores' query: what is asked for, with the measures that the client selects. A dimension that these require and that
 * is selected too is part of every group, asked for or not.
 * @throws VitrineError BAD_INPUT that names the argument.
 */
export function readCubeQuery(
  cube: CubeModel,
  args: CubeArguments,
  { names: selected, windows }: Pick<Selection, "names" | "windows"> = { names: new Set(), windows: [] },
): CubeQuery {
  const names = new Set([...selected].map((name) => currentDimension(cube, name)));
  const orderBy = readOrders(args.orderBy);
  const limit = readLimit(args);
  const withTies = args.withTies ?? false;
  if (withTies && orderBy.length === 0) fail("withTies", "needs orderBy, which says what is level.");
  const asked: CubeQuery = {
    sets: readSets(args),
    measures: Object.keys(cube.cube.measures).filter((name) => names.has(name)),
    where: toFilter(cube, args.where),
    having: toFilter(cube.cube.measureModel, args.having, "having"),
    orderBy,
    limit,
    withTies,
    ...(args.topPerGroup ? { topPerGroup: readTop(args.topPerGroup) } : {}),
    ...(windows.length > 0 ? { windows } : {}),
  };
  const shown = [...names].flatMap((name) => dimensionOf(cube, name) ?? []);
  const query = addRequired(cube, asked, { used: usedMeasures(cube, asked), shown });
  checkNames(cube, query, names);
  return query;
}

/** Whatever is named besides measures is grouped by. */
function checkNames(cube: CubeModel, query: CubeQuery, names: ReadonlySet<string>): void {
  const keys = new Set(query.sets.flat());
  checkOrder(cube, keys, "orderBy", query.orderBy);
  checkKeys(keys, "topPerGroup.by", query.topPerGroup?.by ?? []);
  checkOrder(cube, keys, "topPerGroup.orderBy", query.topPerGroup?.orderBy ?? []);
  for (const window of query.windows ?? []) checkWindow(cube, keys, window);
  for (const name of names) {
    const dimension = dimensionOf(cube, name);
    if (dimension !== undefined && !keys.has(dimension))
      fail(
        name,
        `is null in every row, for nothing is grouped by ${dimension}. Add it to groupBy, or leave ${name} out.`,
      );
  }
}

function checkOrder(
  cube: CubeModel,
  keys: ReadonlySet<string>,
  argument: string,
  orderBy: readonly OrderTerm[],
): void {
  for (const { field } of orderBy)
    if (field in cube.cube.dimensions && !keys.has(field))
      fail(argument, `cannot sort by ${field}, which nothing is grouped by. Add it to groupBy.`);
}

function checkKeys(keys: ReadonlySet<string>, argument: string, names: readonly string[]): void {
  for (const name of names)
    if (!keys.has(name)) fail(argument, `nothing is grouped by ${name}. Add it to groupBy, or leave it out.`);
}

function readTop(top: TopArguments): TopPerGroup {
  const by = once("topPerGroup.by", top.by);
  if (by.length === 0) fail("topPerGroup.by", "is empty; name a dimension, or use first.");
  if (top.first < 1 || top.first > MAX_TOP)
    fail("topPerGroup.first", `must be 1 to ${MAX_TOP}, not ${top.first}.`);
  return { by, limit: top.first, orderBy: readOrders(top.orderBy) };
}

function checkWindow(cube: CubeModel, keys: ReadonlySet<string>, window: CubeWindow): void {
  if (window.kind !== "previous") {
    checkKeys(keys, `${window.kind}.within`, window.within);
    if (window.kind === "runningTotal") checkOrder(cube, keys, "runningTotal.orderBy", window.orderBy);
    return;
  }
  checkKeys(keys, "previous.over", [window.over]);
  if (!isOfPeriods(cube.cube.dimensions[window.over]))
    fail(
      "previous.over",
      `nothing comes before a ${window.over}: take a date, or its week, month, quarter or year.`,
    );
}

/** What a field of a row says something about: a dimension itself, or the one that a link goes through. */
function dimensionOf(cube: CubeModel, name: string): string | undefined {
  const field = cube.fields[name];
  const dimension = field?.kind === "link" ? field.key : name;
  return Object.hasOwn(cube.cube.dimensions, dimension) ? dimension : undefined;
}

/** How many rows are asked for. @throws VitrineError BAD_INPUT for more than MAX_ROWS */
export function readLimit({ first }: CubeArguments): number {
  const limit = first ?? DEFAULT_ROWS;
  if (limit < 0 || limit > MAX_ROWS) fail("first", `must be 0 to ${MAX_ROWS}, not ${limit}.`);
  return limit;
}

/**
 * The grouping sets as they are asked for: groupBy is part of every set that groupingSets, rollup or cube name, as in SQL.
 * @throws VitrineError BAD_INPUT that names the argument
 */
export function readSets(args: CubeArguments): readonly (readonly string[])[] {
  const given = (["groupingSets", "rollup", "cube"] as const).filter((name) => (args[name] ?? null) !== null);
  if (given.length > 1) fail(given.join(" and "), "cannot be used together.");
  const groupBy = once("groupBy", args.groupBy);
  const extra = args.groupingSets
    ? args.groupingSets.map((set, index) => once(`groupingSets[${index}]`, set))
    : args.rollup
      ? rollUp(once("rollup", args.rollup))
      : args.cube
        ? subsets(once("cube", args.cube))
        : [[]];
  if (extra.length === 0) fail("groupingSets", "is empty; name at least one set.");
  if (extra.length > MAX_SETS)
    fail(given[0] ?? "groupBy", `makes ${extra.length} grouping sets; at most ${MAX_SETS} are allowed.`);
  return extra.map((set) => [...new Set([...groupBy, ...set])]);
}

function once(argument: string, names: Names): readonly string[] {
  const seen = new Set(names ?? []);
  if (seen.size !== (names ?? []).length) fail(argument, "names a dimension twice.");
  return [...seen];
}

const rollUp = (names: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: names.length + 1 }, (_, cut) => names.slice(0, names.length - cut));

/** Every subset, larger ones first; refused before it is built when there would be too many. */
function subsets(names: readonly string[]): readonly (readonly string[])[] {
  const total = 2 ** names.length;
  if (total > MAX_SETS) fail("cube", `makes ${total} grouping sets; at most ${MAX_SETS} are allowed.`);
  return Array.from({ length: total }, (_, mask) =>
    names.filter((_name, index) => (mask & (1 << (names.length - 1 - index))) === 0),
  ).sort((a, b) => b.length - a.length);
}

/** The terms of an order, in which each value is one of the enum. */
export const readOrders = (values: Names): readonly OrderTerm[] => (values ?? []).map(readOrder);

/** An enum value `revenue desc`. */
function readOrder(value: string): OrderTerm {
  const [field = "", direction] = value.split(" ");
  return { field, direction: direction === "desc" ? "desc" : "asc" };
}

function fail(argument: string, problem: string): never {
  throw new VitrineError("BAD_INPUT", `${argument}: ${problem}`);
}
