import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import { decimal, type ScalarField } from "../models/field.ts";
import { isAdditive, isOfPeriods, type WindowValues } from "../stores/cube-store.ts";
import { SHARE_SCALE } from "../stores/cube-windows.ts";
import type { Builder } from "./builder.ts";
import type { Surroundings } from "./cube-fields.ts";
import { MAX_TOP } from "./cube-query.ts";
import type { AnsweredRow, CubeTypes, RowFields } from "./cube-row-types.ts";
import { type WindowArguments, windowKey, type windowKinds } from "./cube-selection.ts";
import { costing } from "./field-cost.ts";
import { asColumn } from "./files/field-extensions.ts";
import { readCalendar } from "./read-calendar.ts";

/** What looking at the other groups weighs for each row, in fields. */
const WINDOW_COST = 5;

/** The fields of a row that tell of its place among all groups. */
export const windowFields = (builder: Builder, cube: CubeModel, types: CubeTypes, around: Surroundings) => {
  const { measures, measureModel } = cube.cube;
  const all = Object.entries(measureModel.fields);
  const additive = all.filter(([name]) => isAdditive(measures[name]));
  const names = namesOfCube(cube.typeName).types;
  const share = createValuesType(builder, cube, around, {
    name: names.share,
    description: `Measures of ${cube.typeName} as parts of a total, as fractions of 1 with ${SHARE_SCALE} digits, rounded half up; null when the total is 0.`,
    fields: additive.map(([name, { description }]) => [
      name,
      decimal(description, SHARE_SCALE, { nullable: true }),
    ]),
  });
  const total = createValuesType(builder, cube, around, {
    name: names.runningTotal,
    description: `Measures of ${cube.typeName}, added up.`,
    fields: additive,
  });
  const previous = createValuesType(builder, cube, around, {
    name: names.previous,
    description: `Measures of ${cube.typeName} before; null where no fact is of that time.`,
    fields: all.map(([name, field]) => [name, { ...field, nullable: true }]),
  });
  const hasDates = Object.values(cube.cube.dimensions).some(isOfPeriods);
  return (t: RowFields) => {
    const within = t.arg({
      type: [types.dimension],
    });
    const extensions = costing({ own: () => WINDOW_COST });
    const of = (kind: (typeof windowKinds)[number]) => (row: AnsweredRow, args: WindowArguments) =>
      row.windows?.[row.question.places.get(windowKey(kind, args)) ?? -1] ?? {};
    return {
      ...(share && {
        share: t.field({
          type: share,
          args: { within },
          extensions,
          resolve: of("share"),
        }),
      }),
      ...(total && {
        runningTotal: t.field({
          type: total,
          args: {
            within,
            orderBy: t.arg({ type: [types.order] }),
          },
          extensions,
          resolve: of("runningTotal"),
        }),
      }),
      ...(previous &&
        hasDates && {
          previous: t.field({
            type: previous,
            args: {
              over: t.arg({ type: types.dimension, required: true }),
              step: t.arg({ type: around.stepType, defaultValue: "period" }),
            },
            extensions,
            resolve: of("previous"),
          }),
        }),
    };
  };
};

/** How far before a value is looked for; cubes share the type. */
export const createStepType = (builder: Builder) =>
  builder.enumType("PreviousStep", {
    description: "How far before.",
    values: {
      PERIOD: { value: "period", description: "The day, week, month, quarter or year before." },
      YEAR: {
        value: "year",
        description: "The same a year before: of a day the same date, of a week the one with its ISO number.",
      },
    } as const,
  });

/** Undefined for a type without fields, which GraphQL does not have. */
function createValuesType(
  builder: Builder,
  cube: CubeModel,
  around: Surroundings,
  type: {
    readonly name: string;
    readonly description: string;
    readonly fields: readonly (readonly [string, ScalarField])[];
  },
) {
  if (type.fields.length === 0) return undefined;
  return builder.objectRef<WindowValues>(type.name).implement({
    description: type.description,
    fields: (t) =>
      Object.fromEntries(
        type.fields.map(([name, field]) => [
          name,
          t.field({
            type: around.scalarType(field),
            nullable: field.nullable,
            extensions: asColumn(field),
            // Both stores promise values of the kind that the cube declares (CubeStore).
            resolve: (values) => readCalendar(cube, name, field, values[name]) as never,
          }),
        ]),
      ),
  });
}

/** Input type `<TypeName>TopPerGroup`. */
export const createTopType = (builder: Builder, cube: CubeModel, { dimension, order }: CubeTypes) =>
  builder.inputType(namesOfCube(cube.typeName).types.topPerGroup, {
    description: `The first rows of ${cube.typeName} within each value of some dimensions; at most ${MAX_TOP} of each.`,
    fields: (t) => ({
      by: t.field({ type: [dimension], required: true }),
      first: t.int({ required: true }),
      orderBy: t.field({ type: [order] }),
    }),
  });
