import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import { askCube } from "./ask-cube.ts";
import type { Builder } from "./builder.ts";
import type { createPageInfo } from "./connection-types.ts";
import { cubeCost, questionArguments } from "./cube-arguments.ts";
import { readCubeQuestion } from "./cube-conversion.ts";
import { MAX_ROWS } from "./cube-query.ts";
import { createDimensionType, createOrderType, createRowType } from "./cube-row-types.ts";
import { readSelection } from "./cube-selection.ts";
import { addCubeSubscription } from "./cube-subscription.ts";
import { addValuesField } from "./cube-values.ts";
import { type createStepType, createTopType } from "./cube-window-fields.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { costing } from "./field-cost.ts";
import { listing } from "./files/field-extensions.ts";
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
  const types = { dimension, order };
  const row = createRowType(builder, cube, types, around);
  const top = createTopType(builder, cube, types);
  const where = createWhereType(builder, cube, around.filterType);
  const having = createWhereType(builder, cube.cube.measureModel, around.filterType);

  builder.queryField(names.queries.rows, (t) =>
    t.field({
      type: [row],
      description: `${description} One row per group; only the measures selected are computed.`,
      args: {
        ...questionArguments(t.arg, cube, { ...types, where, having, top }, around),
        ...around.readArguments(t, cube),
      },
      extensions: { ...listing(MAX_ROWS), ...costing(cubeCost) },
      resolve: async (_root, args, context, info) => {
        refuseMissingVariables(info);
        const selected = readSelection(info, args.orderBy);
        const { query, asked, answer } = readCubeQuestion(cube, args, selected, around.models);
        const demand = readDemand(args, context);
        const plan = context.reads.open(String(info.path.key), cube, demand);
        const rows = await askCube(cube, { asked, answer }, plan, {
          sizeOf: context.sizeOf,
          note: (found) => demand.source !== "LIVE" && context.noteQuestion(cube, asked, found),
        });
        const question = { where: query.where, asOf: args.asOf ?? undefined, places: selected.places };
        return rows.map((one) => ({ ...one, question }));
      },
    }),
  );
  addValuesField(builder, cube, { ...types, where }, around);
  addCubeSubscription(builder, cube, { ...types, where, having, top, row }, around);
}
