import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import { type DocumentModel, toColumnName } from "../models/model.ts";
import { DocumentFault } from "../stores/conversion/json-cursor.ts";
import { toDate } from "../stores/conversion/scalar-text.ts";
import { type CubeRow, questionOf } from "../stores/cube-store.ts";
import { planRollUps } from "../stores/plan-roll-up.ts";
import type { Builder } from "./builder.ts";
import {
  type CubeArguments,
  countSets,
  DEFAULT_ROWS,
  MAX_ROWS,
  readCubeQuery,
  selectedFields,
} from "./cube-query.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { costing, countConditions, type FieldCost } from "./field-cost.ts";
import { type createFilterTypes, createWhereType } from "./filters.ts";
import { readLinkedId, rootOf } from "./links.ts";
import { refuseMissingVariables } from "./missing-variables.ts";
import { type createReadArguments, readDemand } from "./read-arguments.ts";
import type { ScalarTypes } from "./scalar-types.ts";

/** What the schema has already, and cubes use. */
export interface Surroundings {
  readonly models: readonly DocumentModel[];
  readonly documentType: ReturnType<typeof createDocumentTypes>;
  readonly scalarType: ScalarTypes;
  readonly filterType: ReturnType<typeof createFilterTypes>;
  readonly readArguments: ReturnType<typeof createReadArguments>;
}

/** Adds the root field of a cube: typed group-by, answered by either store. */
export function addCubeField(builder: Builder, cube: CubeModel, around: Surroundings): void {
  const { description } = cube;
  const names = namesOfCube(cube.typeName);
  const dimension = createDimensionType(builder, cube);
  const row = createRowType(builder, cube, dimension, around);
  const where = createWhereType(builder, cube, around.filterType);
  const having = createWhereType(builder, cube.cube.measureModel, around.filterType);
  const order = createOrderType(builder, cube);

  builder.queryField(names.queries.rows, (t) =>
    t.field({
      type: [row],
      description: `${description} One row per group; only the measures selected are computed.`,
      args: {
        groupBy: t.arg({
          type: [dimension],
          description: "One group per combination of these; none: one total.",
        }),
        groupingSets: t.arg({
          type: t.arg.listRef(t.arg.listRef(dimension)),
          description: "Several groupings in one answer; groupBy is part of each.",
        }),
        rollup: t.arg({
          type: [dimension],
          description:
            "Grouping sets: all of these, then without the last, … then none: subtotals and a total.",
        }),
        cube: t.arg({ type: [dimension], description: "Grouping sets: every subset of these, six at most." }),
        where: t.arg({ type: where, description: "Only facts that fit." }),
        having: t.arg({
          type: having,
          description: "Only groups whose measures fit; they need not be selected.",
        }),
        orderBy: t.arg({
          type: [order],
          description: "First by this, then by that; the grouping set and its keys decide at the end.",
        }),
        first: t.arg.int({
          description: `The first so many rows; ${DEFAULT_ROWS} unless told, at most ${MAX_ROWS}.`,
        }),
        withTies: t.arg.boolean({
          description: "Also the rows that orderBy puts level with the last one.",
        }),
        ...around.readArguments(t),
      },
      extensions: costing(cubeCost(cube)),
      resolve: async (_root, args, context, info) => {
        refuseMissingVariables(info);
        const query = readCubeQuery(cube, args, selectedFields(info));
        const plans = planRollUps(cube, query, context.sizeOf);
        const demand = readDemand(args, context);
        const startedAt = performance.now();
        const plan = context.reads.open(String(info.path.key), cube, demand);
        const rows = await plan.read(cube, (store, options) => store.aggregate(cube, query, options), {
          question: [questionOf(cube, query), ...plans.map(({ rollUp }) => rollUp.name)].join(" "),
          shortcuts: plans.map(({ rollUp, query: rolled }) => ({
            model: rollUp,
            work: (store, options) => store.aggregate(rollUp, rolled, options),
          })),
        });
        if (plans.length === 0 && demand.source !== "LIVE")
          context.noteUncovered(cube, query, performance.now() - startedAt);
        plan.spend(rows.length);
        return [...rows];
      },
    }),
  );
}

/** Each grouping set adds up groups of its own, and the filter is asked of every fact. */
const cubeCost = (cube: CubeModel): FieldCost => ({
  // The types of the schema are those of CubeArguments.
  rows: (args: CubeArguments) => readCubeQuery(cube, { ...args, where: null, having: null }, new Set()).limit,
  own: (args: CubeArguments) =>
    SET_COST * countSets(args) + countConditions({ ...args }, ["where", "having"]) * CONDITION_COST,
});

/** What a grouping set and a condition over all facts weigh, in fields. */
const SET_COST = 100;
const CONDITION_COST = 10;

function createRowType(
  builder: Builder,
  cube: CubeModel,
  dimension: ReturnType<typeof createDimensionType>,
  around: Surroundings,
) {
  const { dimensions, measureModel } = cube.cube;
  const links = Object.entries(cube.fields).flatMap(([name, field]) =>
    field.kind === "link" && field.key in dimensions ? [[name, field] as const] : [],
  );
  return builder.objectRef<CubeRow>(namesOfCube(cube.typeName).types.row).implement({
    description: `A group of ${cube.typeName}: its keys and its measures.`,
    fields: (t) => {
      // Both stores promise values of the kind that the cube declares (CubeStore).
      const value = (name: string) => (row: CubeRow) => row.values[name] as never;
      return {
        level: t.int({
          description: "How many dimensions the row is grouped by: 0 is the grand total.",
          resolve: (row) => row.groupedBy.length,
        }),
        groupedBy: t.field({
          type: [dimension],
          description:
            "What the row is grouped by: tells a missing value from a subtotal, which are both null.",
          resolve: (row) => [...row.groupedBy],
        }),
        ...Object.fromEntries(
          Object.values(dimensions).map(({ name, description, type }) => {
            const text = `${description} Null in rows of grouping sets without it; refused when nothing is grouped by it.`;
            return [
              name,
              t.field({
                type: around.scalarType(type),
                nullable: true,
                description: text,
                resolve: type.kind === "date" ? (row) => readDay(cube, name, value(name)(row)) : value(name),
              }),
            ];
          }),
        ),
        ...Object.fromEntries(
          Object.entries(measureModel.fields).map(([name, measure]) => [
            name,
            t.field({
              type: around.scalarType(measure),
              nullable: measure.nullable,
              description: measure.description,
              resolve: value(name),
            }),
          ]),
        ),
        ...Object.fromEntries(
          links.map(([name, link]) => {
            const target = around.models.find((model) => model.name === link.model);
            if (!target) throw new TypeError(`Link ${name} leads to ${link.model}, which is no model.`);
            const field = t.field({
              type: around.documentType(target),
              nullable: true,
              description: link.description,
              resolve: (row, _args, context, info) => {
                const id = readLinkedId(row.values, link);
                return id === null ? null : context.reads.planOf(rootOf(info)).load(target, id, info);
              },
            });
            return [name, field];
          }),
        ),
      };
    },
  });
}

/** A day that no calendar has (0000-00-00) is null with an error of its own; the measures of its row stand. */
function readDay<T>(cube: CubeModel, name: string, day: T): T {
  try {
    if (typeof day === "string") toDate(day);
    return day;
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    throw new VitrineError("DOCUMENT_INVALID", `${cube.name}: ${name} ${error.message}.`, {
      details: { model: cube.name, path: name, problem: error.message },
    });
  }
}

const enumName = (name: string): string => toColumnName(name).toUpperCase();

function createDimensionType(builder: Builder, cube: CubeModel) {
  const values = Object.values(cube.cube.dimensions).map(({ name, description }) => [
    enumName(name),
    { value: name, description },
  ]);
  return builder.enumType(namesOfCube(cube.typeName).types.dimension, {
    description: `What ${cube.typeName} can be grouped by.`,
    values: Object.fromEntries(values) as Record<string, { value: string; description: string }>,
  });
}

function createOrderType(builder: Builder, cube: CubeModel) {
  const names = [...Object.keys(cube.cube.dimensions), ...Object.keys(cube.cube.measures)];
  const values = names.flatMap((name) =>
    (["asc", "desc"] as const).map((direction) => [
      `${enumName(name)}_${direction.toUpperCase()}`,
      {
        value: `${name} ${direction}`,
        description: `By ${name}, ${direction === "asc" ? "ascending; null first" : "descending; null last"}.`,
      },
    ]),
  );
  return builder.enumType(namesOfCube(cube.typeName).types.orderBy, {
    description: `Orders of the rows of ${cube.typeName}.`,
    values: Object.fromEntries(values) as Record<string, { value: string; description: string }>,
  });
}
