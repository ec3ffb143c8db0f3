import type { CubeModel, Dimension } from "../models/cube.ts";
import { findFoldProblem, foldsInto, type RollUpDefinition } from "../models/roll-up.ts";
import { type CubeQuery, keysOf, usedMeasures } from "./cube-store.ts";
import type { Filter } from "./document-store.ts";
import { toRolledFilter } from "./plan-roll-up.ts";

/** What would cover a question: a roll-up, or nothing, with the reason. */
export type Suggestion = { readonly rollUp: RollUpDefinition } | { readonly reason: string };

/** The smallest roll-up that would cover a query, with filters on the same days, if one can be declared. */
export function suggestRollUp(cube: CubeModel, query: CubeQuery): Suggestion {
  const { dimensions } = cube.cube;
  const wanted: Dimension[] = keysOf(query).flatMap((key) => dimensions[key] ?? []);
  for (const atom of query.where ? atomsOf(query.where) : []) {
    const found = findDimension(cube, atom);
    if (!found) return { reason: `it filters by "${fieldOf(atom)}", which is no dimension of ${cube.name}` };
    wanted.push(found);
  }
  const measures = usedMeasures(cube, query);
  if (measures.length === 0) return { reason: "it asks for no measure" };
  for (const name of partsOf(cube, measures)) {
    const measure = cube.cube.measures[name];
    if (measure?.kind !== "countDistinct" || findFoldProblem(cube, name, toBasis(cube, wanted)) === null)
      continue;
    const counted = dimensions[measure.field];
    if (!counted)
      return {
        reason: `"${name}" counts ${measure.field}, which is in several groups and no dimension of ${cube.name}`,
      };
    wanted.push(counted);
  }
  return { rollUp: { by: toBasis(cube, wanted).map(({ name }) => name), measures } };
}

const partsOf = (cube: CubeModel, names: readonly string[]): readonly string[] =>
  names.flatMap((name) => {
    const measure = cube.cube.measures[name];
    return measure?.kind === "average" ? [measure.sum, measure.count] : [name];
  });

type Atom = Exclude<Filter, { readonly kind: "and" | "or" | "not" }>;

function atomsOf(filter: Filter): readonly Atom[] {
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.filters.flatMap(atomsOf);
    case "not":
      return atomsOf(filter.filter);
    case "compare":
    case "in":
    case "isNull":
      return [filter];
  }
}

const fieldOf = (atom: Atom): string => atom.field;

/** The coarsest dimension whose groups an atom is true or false of: periods are defined from the shortest on. */
const findDimension = (cube: CubeModel, atom: Atom): Dimension | undefined =>
  Object.values(cube.cube.dimensions).findLast((one) => toRolledFilter([one], atom) !== null);

/** Dimensions that say all that these do, each field once; of a question without any the coarsest that there is. */
function toBasis(cube: CubeModel, wanted: readonly Dimension[]): readonly Dimension[] {
  const all = Object.values(cube.cube.dimensions);
  if (wanted.length === 0)
    return [all.find(({ period }) => period === "year") ?? all[0]].filter((one) => one !== undefined);
  const named = new Set(wanted.map(({ name }) => name));
  // What follows from another one that is asked for is held beside it.
  const isHeld = (field: string) => named.has(cube.cube.determinedBy[field] ?? "");
  const fields = [...new Set(wanted.map(({ field }) => field))].filter((field) => !isHeld(field));
  return fields.flatMap((field) => {
    const mine = wanted.filter((one) => one.field === field);
    // Of those that say all, the coarsest: every other one is finer.
    const able = all.filter((one) => mine.every((other) => foldsInto(one, other)));
    return able.find((one) => able.every((other) => foldsInto(other, one))) ?? able.slice(0, 1);
  });
}
