import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import { requiredBy } from "../models/required-dimensions.ts";
import type { CubeQuery } from "./cube-store.ts";
import type { Filter, FilterValue, OrderTerm } from "./document-store.ts";

/**
 * Refuses a query that takes a measure across several values of a dimension that it requires: in a group, or in an order.
 * `used` are the measures of the query.
 * @throws VitrineError QUERY_INVALID that names the measure, the dimension and the remedy
 */
export function checkRequiredValues(cube: CubeModel, query: CubeQuery, used: readonly string[]): void {
  const remedy = ({ conversion }: CubeModel["cube"], dimension: string) =>
    `or narrow where to one ${dimension}${conversion?.currency === dimension ? ", or convert with convertTo" : ""}.`;
  const isOne = (dimension: string) => isPinned(query.where, dimension);
  for (const name of used)
    for (const dimension of requiredBy(cube.cube.measures, name).filter((one) => !isOne(one))) {
      const set = query.sets.find((keys) => !keys.includes(dimension));
      if (!set) continue;
      const groups = set.length === 0 ? "one total" : `groups by ${set.join(", ")}`;
      throw new VitrineError(
        "QUERY_INVALID",
        `${name}: in ${groups} it would go across several values of ${dimension}. Group by ${dimension}, also in each grouping set, ${remedy(cube.cube, dimension)}`,
      );
    }
  const [across] = findCompared(cube, query.orderBy).filter(({ dimension }) => !isOne(dimension));
  if (across)
    throw new VitrineError(
      "QUERY_INVALID",
      `orderBy: ${across.measure} of several values of ${across.dimension} would be compared. Order by ${across.dimension} before it, ${remedy(cube.cube, across.dimension)}`,
    );
}

/** Dimensions within whose values alone an order means something, and the measure that requires them. */
function findCompared(cube: CubeModel, orderBy: readonly OrderTerm[]) {
  const before = new Set<string>();
  const found: { readonly measure: string; readonly dimension: string }[] = [];
  for (const { field } of orderBy) {
    for (const dimension of requiredBy(cube.cube.measures, field))
      if (!before.has(dimension)) found.push({ measure: field, dimension });
    before.add(field);
  }
  return found;
}

/** Within which values rows are put together or compared: of those asked for, and of those that measures require. */
export function toPartition(
  cube: CubeModel,
  within: readonly string[],
  { measure, orderBy = [] }: { readonly measure?: string; readonly orderBy?: readonly OrderTerm[] },
): readonly string[] {
  const required = measure === undefined ? [] : requiredBy(cube.cube.measures, measure);
  const compared = findCompared(cube, orderBy).map(({ dimension }) => dimension);
  return [...new Set([...within, ...required, ...compared])];
}

/**
 * The query with each dimension in every set that its measures require and that its rows show. Of one that the filter
 * leaves one value of, a subtotal means something: it is added only where no set has it, and all rows would show nothing.
 */
export function addRequired(
  cube: CubeModel,
  query: CubeQuery,
  { used, shown }: { readonly used: readonly string[]; readonly shown: readonly string[] },
): CubeQuery {
  const required = [...new Set(used.flatMap((name) => requiredBy(cube.cube.measures, name)))];
  const isWanted = (dimension: string) =>
    !isPinned(query.where, dimension) || !query.sets.some((set) => set.includes(dimension));
  const added = required.filter((dimension) => shown.includes(dimension) && isWanted(dimension));
  if (added.length === 0) return query;
  const sets = new Map(
    query.sets.map((set) => {
      const keys = [...new Set([...set, ...added])];
      return [JSON.stringify([...keys].sort()), keys];
    }),
  );
  return { ...query, sets: [...sets.values()] };
}

/** Whether all facts that a filter leaves have one value of a field, or none. */
const isPinned = (filter: Filter | null, field: string): boolean => {
  const values = filter && possibleValues(filter, field);
  return values !== null && values.size <= 1;
};

type Values = ReadonlySet<FilterValue | null>;

/** Which values of a field facts may have that fit a filter; null: any. */
export function possibleValues(filter: Filter, field: string): Values | null {
  switch (filter.kind) {
    case "and": {
      const known = filter.filters.map((one) => possibleValues(one, field)).filter((one) => one !== null);
      return known.length === 0 ? null : known.reduce((left, right) => intersect(left, right));
    }
    case "or": {
      const all = filter.filters.map((one) => possibleValues(one, field));
      return all.some((one) => one === null) ? null : new Set(all.flatMap((one) => [...(one ?? [])]));
    }
    case "in":
      return filter.field === field && !filter.negated ? new Set(filter.values) : null;
    case "compare":
      return filter.field === field && filter.operator === "eq" ? new Set([filter.value]) : null;
    case "isNull":
      return filter.field === field && filter.isNull ? new Set([null]) : null;
    case "not":
      return null;
  }
}

const intersect = (left: Values, right: Values): Values =>
  new Set([...left].filter((value) => right.has(value)));
