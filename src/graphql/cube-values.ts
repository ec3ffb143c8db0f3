import { VitrineError } from "../errors.ts";
import { toCountingCube } from "../models/counting-cube.ts";
import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import { type CubeQuery, type CubeRow, questionOf } from "../stores/cube-store.ts";
import type { Filter } from "../stores/document-store.ts";
import type { Builder } from "./builder.ts";
import type { Surroundings } from "./cube-fields.ts";
import type { CubeTypes } from "./cube-row-types.ts";
import { costing, countConditions } from "./field-cost.ts";
import { listing } from "./files/field-extensions.ts";
import { type createWhereType, toFilter } from "./filters.ts";
import { refuseMissingVariables } from "./missing-variables.ts";
import { readDemand } from "./read-arguments.ts";
import { readCalendar } from "./read-calendar.ts";

export const DEFAULT_VALUES = 20;
export const MAX_VALUES = 500;
/** What a grouping and a condition over all facts weigh, in fields. */
const GROUPING_COST = 100;
const CONDITION_COST = 10;

interface ValuesArguments {
  readonly dimension: string;
  readonly startsWith?: string | null | undefined;
  readonly where?: unknown;
  readonly first?: number | null | undefined;
}

/** A value of a dimension, as text. */
interface FoundValue {
  readonly dimension: string;
  readonly row: CubeRow;
}

/** Adds `<cube>Values`: what a dimension has, for lists that a person chooses from. */
export function addValuesField(
  builder: Builder,
  cube: CubeModel,
  types: CubeTypes & { readonly where: ReturnType<typeof createWhereType> },
  around: Surroundings,
): void {
  const names = namesOfCube(cube.typeName);
  const counting = toCountingCube(cube);
  const value = createValueType(builder, cube, names.types.value);
  builder.queryField(names.queries.values, (t) =>
    t.field({
      type: [value],
      description: `The values of a dimension of ${cube.typeName} in their order, with how many facts have each.`,
      args: {
        dimension: t.arg({ type: types.dimension, required: true }),
        startsWith: t.arg.string(),
        where: t.arg({ type: types.where }),
        first: t.arg.int(),
        ...around.readArguments(t, cube),
      },
      extensions: {
        ...listing(MAX_VALUES),
        ...costing({
          rows: (given) => readLimit(given),
          own: (given) => GROUPING_COST + countConditions(given, ["where"]) * CONDITION_COST,
        }),
      },
      resolve: async (_root, args, context, info) => {
        refuseMissingVariables(info);
        const query = readValuesQuery(cube, args);
        const plan = context.reads.open(String(info.path.key), cube, readDemand(args, context));
        const rows = await plan.read(cube, (store, options) => store.aggregate(counting, query, options), {
          question: questionOf(counting, query),
        });
        plan.spend(rows.length);
        return rows.map((row) => ({ dimension: args.dimension, row }));
      },
    }),
  );
}

/** The question for the values of a dimension. @throws VitrineError BAD_INPUT that names the argument */
function readValuesQuery(cube: CubeModel, args: ValuesArguments): CubeQuery {
  const dimension = cube.cube.dimensions[args.dimension];
  const filters: Filter[] = [];
  if (typeof args.startsWith === "string") {
    if (dimension?.type.kind !== "string")
      throw new VitrineError(
        "BAD_INPUT",
        `startsWith: ${args.dimension} is no text. Leave startsWith out, or narrow the facts with where.`,
      );
    filters.push({
      kind: "compare",
      field: dimension.field,
      operator: "startsWith",
      value: args.startsWith,
    });
  }
  const where = toFilter(cube, args.where);
  if (where) filters.push(where);
  return {
    sets: [[args.dimension]],
    measures: ["facts"],
    where: filters.length > 0 ? { kind: "and", filters } : null,
    having: null,
    orderBy: [],
    limit: readLimit(args),
    withTies: false,
  };
}

function readLimit({ first }: { readonly first?: unknown }): number {
  const limit = typeof first === "number" ? first : DEFAULT_VALUES;
  if (limit < 0 || limit > MAX_VALUES)
    throw new VitrineError("BAD_INPUT", `first: must be 0 to ${MAX_VALUES}, not ${limit}.`);
  return limit;
}

const createValueType = (builder: Builder, cube: CubeModel, name: string) =>
  builder.objectRef<FoundValue>(name).implement({
    description: `A value of a dimension of ${cube.typeName}.`,
    fields: (t) => ({
      value: t.string({
        nullable: true,
        resolve: ({ dimension, row }) => {
          const type = cube.cube.dimensions[dimension]?.type;
          const value = row.values[dimension] ?? null;
          if (value === null || !type) return null;
          if (type.kind !== "enumeration") return String(readCalendar(cube, dimension, type, value));
          return type.values.find(({ text }) => text === value)?.name ?? null;
        },
      }),
      facts: t.int({
        resolve: ({ row }) => Number(row.values.facts),
      }),
    }),
  });
