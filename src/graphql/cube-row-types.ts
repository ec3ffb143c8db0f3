import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { ScalarField } from "../models/field.ts";
import { renamedTo } from "../models/former-names.ts";
import { describeMeasure } from "../models/required-dimensions.ts";
import type { CubeRow } from "../stores/cube-store.ts";
import type { Builder } from "./builder.ts";
import { factsField } from "./cube-facts.ts";
import type { Surroundings } from "./cube-fields.ts";
import type { Question } from "./cube-selection.ts";
import { windowFields } from "./cube-window-fields.ts";
import { described } from "./document-types.ts";
import { asColumn } from "./files/field-extensions.ts";
import { readLinkedId, rootOf } from "./links.ts";
import { keyValues, orderValues } from "./order-values.ts";
import { readCalendar } from "./read-calendar.ts";

/** A row of an answer, and what its fields need of the question. */
export interface AnsweredRow extends CubeRow {
  readonly question: Question;
}

/** What makes the fields of a row. */
export type RowFields = Parameters<
  NonNullable<Parameters<ReturnType<typeof rowRef>["implement"]>[0]["fields"]>
>[0];
const rowRef = (builder: Builder) => builder.objectRef<AnsweredRow>("");

/** The types that rows and arguments of a cube share. */
export interface CubeTypes {
  readonly dimension: ReturnType<typeof createDimensionType>;
  readonly order: ReturnType<typeof createOrderType>;
}

/** The type of a cube's rows. */
export function createRowType(builder: Builder, cube: CubeModel, types: CubeTypes, around: Surroundings) {
  const { dimensions, measures, measureModel } = cube.cube;
  const links = Object.entries(cube.fields).flatMap(([name, field]) =>
    field.kind === "link" && field.key in dimensions ? [[name, field] as const] : [],
  );
  return builder.objectRef<AnsweredRow>(namesOfCube(cube.typeName).types.row).implement({
    description: `A group of ${cube.typeName}: its keys and its measures. A key is null in rows of grouping sets without it, and refused when nothing is grouped by it.`,
    fields: (t) => {
      // Both stores promise values of the kind that the cube declares (CubeStore).
      const shown = (name: string, type: ScalarField) => (row: CubeRow) =>
        readCalendar(cube, name, type, row.values[name]) as never;
      return {
        level: t.int({
          resolve: (row) => row.groupedBy.length,
        }),
        groupedBy: t.field({
          type: [types.dimension],
          resolve: (row) => [...row.groupedBy],
        }),
        ...Object.fromEntries(
          Object.values(dimensions).flatMap(({ name, type, formerly }) => {
            const options = {
              type: around.scalarType(type),
              nullable: true,
              ...described(type),
              extensions: asColumn(type),
              resolve: shown(name, type),
            };
            const current = [name, t.field(options)] as const;
            if (formerly === undefined) return [current];
            const deprecationReason = renamedTo(name);
            return [current, [formerly, t.field({ ...options, deprecationReason })] as const];
          }),
        ),
        ...Object.fromEntries(
          Object.entries(measureModel.fields).map(([name, measure]) => [
            name,
            t.field({
              type: around.scalarType(measure),
              nullable: measure.nullable,
              description: describeMeasure(measures, name, measure.description),
              extensions: asColumn(measure),
              resolve: shown(name, measure),
            }),
          ]),
        ),
        ...windowFields(builder, cube, types, around)(t),
        ...(cube.cube.withoutFacts ? {} : factsField(builder, cube, around)(t)),
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

/** What a cube can be grouped by. */
export const createDimensionType = (builder: Builder, { typeName, cube }: CubeModel) =>
  builder.enumType(namesOfCube(typeName).types.dimension, {
    description: `What ${typeName} can be grouped by: keys of its rows.`,
    values: keyValues(Object.values(cube.dimensions)),
  });

/** What rows can be ordered by. */
export const createOrderType = (builder: Builder, { typeName, cube }: CubeModel) =>
  builder.enumType(namesOfCube(typeName).types.orderBy, {
    description: `Orders of the rows of ${typeName}.`,
    values: orderValues([
      ...Object.values(cube.dimensions),
      ...Object.keys(cube.measures).map((name) => ({ name })),
    ]),
  });
