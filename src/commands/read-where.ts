import { VitrineError } from "../errors.ts";
import { readWhereText } from "../graphql/read-where.ts";
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
  if (!model || another) throw new VitrineError("USAGE", "--where is for the export of one model. Name it.");
  return readWhereText(createSchema(project), model, text, "--where");
}
