import { type FieldNode, type OperationDefinitionNode, valueFromASTUntyped } from "graphql";
import { cellOf, type Row } from "../shared/chart/chart-rows.ts";

/** What may be added up of rows that are grouped in several ways. */
export interface Totals {
  /** Whether a row is a total of others, or grouped by less than those that are added up. */
  readonly isTotal: (row: Row) => boolean;
  /** Whether no fact is in two of the other rows: their sum means something. */
  readonly isApart: boolean;
}

const never = () => false;

/** `level`: the column that tells by how many dimensions a row is grouped; null when no column does. */
export function findTotals(rows: readonly Row[], sizes: readonly number[], level: string | null): Totals {
  if (sizes.length < 2) return { isTotal: never, isApart: true };
  if (level === null) return { isTotal: never, isApart: false };
  const levelOf = (row: Row) => Number(cellOf(row, level));
  // No spread: ten thousand values would be a call with as many arguments.
  const deepest = rows.reduce((most, row) => Math.max(most, levelOf(row)), 0);
  return {
    isTotal: (row) => levelOf(row) < deepest,
    isApart: sizes.filter((size) => size === deepest).length === 1,
  };
}

/** The arguments of a cube that say how its facts are grouped, as they were sent. */
export type Grouping = Readonly<Partial<Record<(typeof groupings)[number], unknown>>>;
const groupings = ["groupBy", "groupingSets", "rollup", "cube"] as const;

/** How the rows of a field are grouped: by its own arguments, or by those of a field around it. */
export function readGrouping(
  fields: readonly FieldNode[],
  { variableDefinitions = [] }: Pick<OperationDefinitionNode, "variableDefinitions">,
  given: Readonly<Record<string, unknown>>,
): Grouping {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  const variables = { ...Object.fromEntries(defaults), ...given };
  const args = fields.findLast((field) => readArguments(field).length > 0);
  return Object.fromEntries(
    (args ? readArguments(args) : []).map(({ name, value }) => [
      name.value,
      valueFromASTUntyped(value, variables),
    ]),
  );
}

const readArguments = ({ arguments: all = [] }: FieldNode) =>
  all.filter(({ name }) => groupings.some((one) => one === name.value));

/** By how many dimensions each grouping set groups; the gateway makes the same sets of these arguments. */
export function readSetSizes({ groupBy, groupingSets, rollup, cube }: Grouping): readonly number[] {
  const sets = isGiven(groupingSets)
    ? toList(groupingSets).map(toList)
    : isGiven(rollup)
      ? beginnings(toList(rollup))
      : isGiven(cube)
        ? subsets(toList(cube))
        : [[]];
  return sets.map((set) => new Set([...toList(groupBy), ...set]).size);
}

const beginnings = (names: readonly unknown[]) =>
  Array.from({ length: names.length + 1 }, (_, cut) => names.slice(0, names.length - cut));
const subsets = (names: readonly unknown[]) =>
  Array.from({ length: 2 ** names.length }, (_, mask) =>
    names.filter((_name, index) => (mask & (1 << index)) !== 0),
  );
const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
/** One item stands for a list of it, in GraphQL. */
const toList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : isGiven(value) ? [value] : [];
