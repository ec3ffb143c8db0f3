import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import { questionOf } from "../stores/cube-store.ts";
import { planRollUps } from "../stores/plan-roll-up.ts";
import type { Builder } from "./builder.ts";
import type { createPageInfo } from "./connection-types.ts";
import { convertArgument, readCubeQuestion } from "./cube-conversion.ts";
import { type CubeArguments, readLimit, readSets } from "./cube-query.ts";
import { createDimensionType, createOrderType, createRowType } from "./cube-row-types.ts";
import { readSelection } from "./cube-selection.ts";
import { addValuesField } from "./cube-values.ts";
import { type createStepType, createTopType } from "./cube-window-fields.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { costing, countConditions, type FieldCost } from "./field-cost.ts";
import { type createFilterTypes, createWhereType } from "./filters.ts";
import { refuseMissingVariables } from "./missing-variables.ts";
import { type createReadArguments, readDemand } from "./read-arguments.ts";
import type { ScalarTypes } from "./scalar-types.ts";

/** What the schema has already, and cubes use. */
export interface Surroundings {
  /** Those that links lead to. */
  readonly models: readonly DocumentModel[];
  readonly documentType: ReturnType<typeof createDocumentTypes>;
  readonly scalarType: ScalarTypes;
  readonly filterType: ReturnType<typeof createFilterTypes>;
  readonly readArguments: ReturnType<typeof createReadArguments>;
  readonly stepType: ReturnType<typeof createStepType>;
  readonly pageInfo: ReturnType<typeof createPageInfo>;
}

/** Adds the root field of a cube: typed group-by, answered by either store. */
export function addCubeField(builder: Builder, cube: CubeModel, around: Surroundings): void {
  const { description } = cube;
  const names = namesOfCube(cube.typeName);
  const dimension = createDimensionType(builder, cube);
  const order = createOrderType(builder, cube);
  const row = createRowType(builder, cube, { dimension, order }, around);
  const top = createTopType(builder, cube, { dimension, order });
  const where = createWhereType(builder, cube, around.filterType);
  const having = createWhereType(builder, cube.cube.measureModel, around.filterType);

  builder.queryField(names.queries.rows, (t) =>
    t.field({
      type: [row],
      description: `${description} One row per group; only the measures selected are computed.`,
      args: {
        groupBy: t.arg({ type: [dimension] }),
        groupingSets: t.arg({ type: t.arg.listRef(t.arg.listRef(dimension)) }),
        rollup: t.arg({ type: [dimension] }),
        cube: t.arg({ type: [dimension] }),
        where: t.arg({ type: where }),
        having: t.arg({ type: having }),
        topPerGroup: t.arg({ type: top }),
        orderBy: t.arg({ type: [order] }),
        first: t.arg.int(),
        withTies: t.arg.boolean(),
        ...convertArgument(t.arg, cube, around),
        ...around.readArguments(t),
      },
      extensions: costing(cubeCost),
      resolve: async (_root, args, context, info) => {
        refuseMissingVariables(info);
        const selected = readSelection(info, args.orderBy);
        const { query, asked, answer } = readCubeQuestion(cube, args, selected, around.models);
        const plans = planRollUps(cube, asked, context.sizeOf);
        const demand = readDemand(args, context);
        const startedAt = performance.now();
        const plan = context.reads.open(String(info.path.key), cube, demand);
        const read = async () => {
          const found = await plan.read(cube, (store, options) => store.aggregate(cube, asked, options), {
            question: [questionOf(cube, asked), ...plans.map(({ rollUp }) => rollUp.name)].join(" "),
            shortcuts: plans.map(({ rollUp, query: rolled }) => ({
              model: rollUp,
              work: (store, options) => store.aggregate(rollUp, rolled, options),
            })),
          });
          if (demand.source !== "LIVE")
            context.noteQuestion(cube, asked, {
              ms: performance.now() - startedAt,
              isCovered: plans.length > 0,
            });
          return found;
        };
        const rows = await answer(plan, read);
        plan.spend(rows.length);
        const question = { where: query.where, asOf: args.asOf ?? undefined, places: selected.places };
        return rows.map((one) => ({ ...one, question }));
      },
    }),
  );
  addValuesField(builder, cube, { dimension, order, where }, around);
}

/**
 * Each grouping set adds up groups of its own, and the filter is asked of every fact. Names are not checked here: which of
 * them something is grouped by depends on what is selected too.
 */
const cubeCost: FieldCost = {
  // The types of the schema are those of CubeArguments.
  rows: (args: CubeArguments) => readLimit(args),
  own: (args: CubeArguments) =>
    SET_COST * readSets(args).length * (args.convertTo ? 2 : 1) +
    countConditions({ ...args }, ["where", "having"]) * CONDITION_COST,
};

/** What a grouping set and a condition over all facts weigh, in fields. */
const SET_COST = 100;
const CONDITION_COST = 10;
