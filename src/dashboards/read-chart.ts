import type { GraphQLSchema } from "graphql";
import type { ExampleChart } from "../web/shared/chart/chart-rows.ts";
import { describeRows } from "./describe-rows.ts";
import { QUERY, readOperation } from "./read-operation.ts";
import { findUnitProblems, readSpec } from "./read-spec.ts";

/** The chart of an operation: `x.vl.json` beside `x.graphql`. A list when it does not fit its rows: all problems. */
export function readChart(
  schema: GraphQLSchema,
  query: string,
  text: string,
): ExampleChart | readonly string[] {
  const read = readOperation(schema, query, QUERY);
  if ("text" in read === false) return read;
  const rows = describeRows(schema, read.operation, read.fragments);
  if (!rows) return ["its operation asks for several things; a chart shows the rows of one"];
  const picture = readSpec(text, rows);
  if ("spec" in picture === false) return picture;
  const problems = findUnitProblems(picture.units, rows, read.operation);
  return problems.length > 0 ? problems : { ...picture, rows: rows.path, columns: rows.columns };
}
