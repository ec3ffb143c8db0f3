import type { CubeModel } from "../models/cube.ts";
import { convertArgument, type QueryArguments } from "./cube-conversion.ts";
import type { Surroundings } from "./cube-fields.ts";
import { type CubeArguments, readLimit, readSets } from "./cube-query.ts";
import type { CubeTypes } from "./cube-row-types.ts";
import type { createTopType } from "./cube-window-fields.ts";
import { countConditions, type FieldCost } from "./field-cost.ts";
import type { createWhereType } from "./filters.ts";

/** The types of a cube's arguments. */
export interface QuestionTypes extends CubeTypes {
  readonly where: ReturnType<typeof createWhereType>;
  readonly having: ReturnType<typeof createWhereType>;
  readonly top: ReturnType<typeof createTopType>;
  /** What is said of money in one currency, where it is said elsewhere in full. */
  readonly conversion?: string;
}

/** What may be asked of a cube, once or as long as somebody follows. */
export function questionArguments(
  arg: QueryArguments,
  cube: CubeModel,
  { dimension, order, where, having, top, conversion }: QuestionTypes,
  around: Surroundings,
) {
  return {
    groupBy: arg({ type: [dimension] }),
    groupingSets: arg({ type: arg.listRef(arg.listRef(dimension)) }),
    rollup: arg({ type: [dimension] }),
    cube: arg({ type: [dimension] }),
    where: arg({ type: where }),
    having: arg({ type: having }),
    topPerGroup: arg({ type: top }),
    orderBy: arg({ type: [order] }),
    first: arg.int(),
    withTies: arg.boolean(),
    ...convertArgument(arg, cube, around, conversion),
  };
}

/**
 * Each grouping set adds up groups of its own, and the filter is asked of every fact. Names are not checked here: which of
 * them something is grouped by depends on what is selected too.
 */
export const cubeCost: FieldCost = {
  // The types of the schema are those of CubeArguments.
  rows: (args: CubeArguments) => readLimit(args),
  own: (args: CubeArguments) =>
    SET_COST * readSets(args).length * (args.convertTo ? 2 : 1) +
    countConditions({ ...args }, ["where", "having"]) * CONDITION_COST,
};

/** What a grouping set and a condition over all facts weigh, in fields. */
const SET_COST = 100;
const CONDITION_COST = 10;
