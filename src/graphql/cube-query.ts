import {
  type FieldNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import type { CubeQuery } from "../stores/cube-store.ts";
import type { OrderTerm } from "../stores/document-store.ts";
import { toFilter } from "./filters.ts";

/** Rows of one answer, at most. */
export const MAX_ROWS = 10_000;
export const DEFAULT_ROWS = 100;
/** Grouping sets of one query, at most: a cube of six dimensions. */
const MAX_SETS = 64;

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
}

/**
 * The stores' query: what is asked for, with the measures that the client selects.
 * @throws VitrineError BAD_INPUT that names the argument.
 */
export function readCubeQuery(
  cube: CubeModel,
  args: CubeArguments,
  selected: ReadonlySet<string>,
): CubeQuery {
  const sets = readSets(args);
  const orderBy = (args.orderBy ?? []).map(readOrder);
  const keys = new Set(sets.flat());
  for (const { field } of orderBy)
    if (field in cube.cube.dimensions && !keys.has(field))
      fail("orderBy", `cannot sort by ${field}, which nothing is grouped by. Add it to groupBy.`);
  for (const name of selected) {
    const dimension = dimensionOf(cube, name);
    if (dimension !== undefined && !keys.has(dimension))
      fail(
        name,
        `is null in every row, for nothing is grouped by ${dimension}. Add it to groupBy, or leave ${name} out.`,
      );
  }
  const limit = args.first ?? DEFAULT_ROWS;
  if (limit < 0 || limit > MAX_ROWS) fail("first", `must be 0 to ${MAX_ROWS}, not ${limit}.`);
  const withTies = args.withTies ?? false;
  if (withTies && orderBy.length === 0) fail("withTies", "needs orderBy, which says what is level.");
  return {
    sets,
    measures: Object.keys(cube.cube.measures).filter((name) => selected.has(name)),
    where: toFilter(cube, args.where),
    having: toFilter(cube.cube.measureModel, args.having, "having"),
    orderBy,
    limit,
    withTies,
  };
}

/** What a field of a row says something about: a dimension itself, or the one that a link goes through. */
function dimensionOf(cube: CubeModel, name: string): string | undefined {
  const field = cube.fields[name];
  const dimension = field?.kind === "link" ? field.key : name;
  return Object.hasOwn(cube.cube.dimensions, dimension) ? dimension : undefined;
}

/** How many grouping sets the arguments make; those that are refused make none. */
export function countSets(args: CubeArguments): number {
  try {
    return readSets(args).length;
  } catch {
    return 0;
  }
}

/** groupBy is part of every set that groupingSets, rollup or cube name, as in SQL. */
function readSets(args: CubeArguments): readonly (readonly string[])[] {
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

/** An enum value `revenue desc`. */
function readOrder(value: string): OrderTerm {
  const [field = "", direction] = value.split(" ");
  return { field, direction: direction === "desc" ? "desc" : "asc" };
}

/** The fields selected on the rows, through fragments; without what @skip and @include leave out. */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (set: SelectionSetNode | undefined) => {
    for (const node of set?.selections ?? []) {
      if (isLeftOut(node, info.variableValues)) continue;
      if (node.kind === Kind.FIELD) names.add(node.name.value);
      else if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
      else visit(info.fragments[node.name.value]?.selectionSet);
    }
  };
  for (const node of info.fieldNodes) visit(node.selectionSet);
  return names;
}

function isLeftOut(
  node: FieldNode | FragmentSpreadNode | InlineFragmentNode,
  variables: GraphQLResolveInfo["variableValues"],
): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  return skip?.if === true || getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if === false;
}

function fail(argument: string, problem: string): never {
  throw new VitrineError("BAD_INPUT", `${argument}: ${problem}`);
}
