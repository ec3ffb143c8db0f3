import { coerceInputValue, type GraphQLInputType, isInputType } from "graphql";
import { VitrineError } from "../errors.ts";
import { toFilter } from "../graphql/filters.ts";
import { createSchema } from "../graphql/schema.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Project } from "../models/project.ts";
import type { Filter } from "../stores/document-store.ts";

/**
 * Reads `--where` as GraphQL reads the argument `where` of the one model that is asked for.
 * @throws VitrineError USAGE when it is not one, BAD_INPUT
 */
export function readWhere(project: Project, models: readonly DocumentModel[], text: string): Filter | null {
  const [model, another] = models;
  if (another) throw new VitrineError("USAGE", "--where is for the export of one model. Name it.");
  const fail = (problem: string): never => {
    throw new VitrineError("BAD_INPUT", `--where: ${problem}`);
  };
  const type = createSchema(project).getType(`${model?.typeName}Where`);
  if (!model || !isInputType(type)) return fail("this model has no conditions.");
  const json = parseJson(text, fail);
  const value: unknown = coerceInputValue(json, type as GraphQLInputType, (path, _value, error) =>
    fail([...path, error.message].join(": ")),
  );
  return toFilter(model, value);
}

function parseJson(text: string, fail: (problem: string) => never): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return fail(`is not JSON, such as {"state": {"eq": "TX"}}.`);
  }
}
