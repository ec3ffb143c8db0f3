import { coerceInputValue, type GraphQLSchema, isInputType } from "graphql";
import { VitrineError } from "../errors.ts";
import { whereNameOf } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Filter } from "../stores/document-store.ts";
import { countConditions } from "./field-cost.ts";
import { toFilter } from "./filters.ts";
import { MAX_NESTING, nestsDeeper } from "./text-limits.ts";

/**
 * Reads JSON as GraphQL reads the argument `where` of a model.
 * @param place what the text was given as, for messages
 * @throws VitrineError BAD_INPUT that names the place; LIMIT_EXCEEDED for too many conditions
 */
export function readWhereText(
  schema: GraphQLSchema,
  model: DocumentModel,
  text: string,
  place: string,
): Filter | null {
  const fail = (problem: string): never => {
    throw new VitrineError("BAD_INPUT", `${place}: ${problem}`);
  };
  const type = schema.getType(whereNameOf(model.typeName));
  if (!isInputType(type)) return fail("this model has no conditions.");
  const json = parseJson(text, fail);
  const value: unknown = coerceInputValue(json, type, (path, _value, error) =>
    fail([...path, error.message].join(": ")),
  );
  countConditions({ where: value }, ["where"]);
  return toFilter(model, value);
}

function parseJson(text: string, fail: (problem: string) => never): unknown {
  if (nestsDeeper(text, MAX_NESTING)) return fail("is nested too deeply.");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return fail(`is not JSON, such as {"state": {"eq": "TX"}}.`);
  }
}
