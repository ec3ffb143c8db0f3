import type { GraphQLSchema } from "graphql";
import { VitrineError } from "../../errors.ts";
import { type ExportFormat, exportFormats } from "../../models/export-formats.ts";
import type { DocumentModel } from "../../models/model.ts";
import { storedNames } from "../../stores/conversion/stored-fields.ts";
import { readDemand } from "../read-arguments.ts";
import type { Source } from "../read-plan.ts";
import { readWhereText } from "../read-where.ts";
import { readDateTime } from "../values.ts";
import type { FileForm } from "./file-format.ts";
import type { AskedDocuments } from "./stream-model.ts";

/** What `GET /export/<model>.<format>?…` asks for: the documents and, in the order of the file, their fields. */
export interface AskedExport extends AskedDocuments {
  /** As the address has it. */
  readonly name: string;
  readonly form: FileForm;
}

const parameters = ["where", "fields", "asOf", "source", "excel"] as const;
const sources: readonly Source[] = ["AUTO", "LIVE", "MIRROR"];

/** Whether an address is one of an export. */
export const isExport = (path: string | undefined): boolean => path?.startsWith("/export/") ?? false;

/**
 * Reads the address of an export: nothing in it is passed over.
 * @throws VitrineError UNKNOWN_MODEL; USAGE for another format or parameter; BAD_INPUT for a value that cannot be
 */
export function readExportAddress(
  url: string,
  models: readonly DocumentModel[],
  schema: GraphQLSchema,
  afterWriteHeader: string | undefined,
): AskedExport {
  const [path = "", query = ""] = url.split(/\?(.*)/s, 2);
  const [, name = "", format = ""] = /^\/export\/([^/]*)\.([^./]*)$/.exec(path) ?? [];
  if (!isFormat(format))
    throw new VitrineError(
      "USAGE",
      `An export is /export/<model>.<format>, the format one of ${exportFormats.join(", ")}.`,
    );
  const model = models.find((one) => one.name === name || one.exportName === name);
  if (!model)
    throw new VitrineError(
      "UNKNOWN_MODEL",
      `There is no model ${name}. There are: ${models.map((one) => one.name).join(", ")}.`,
    );
  const given = readParameters(query);
  const excel = readFlag("excel", given.get("excel"));
  if (excel && format !== "csv") throw new VitrineError("USAGE", "excel is a form of csv.");
  const where = given.get("where");
  const asOf = given.get("asOf");
  return {
    name,
    model,
    form: { format, options: { excel } },
    where: where === undefined ? null : readWhereText(schema, model, where, "where"),
    fields: readFields(model, given.get("fields")),
    demand: readDemand(
      { source: readSource(given.get("source")), asOf: asOf === undefined ? undefined : readMoment(asOf) },
      { afterWriteHeader },
    ),
  };
}

const isFormat = (text: string): text is ExportFormat => exportFormats.some((name) => name === text);

function readParameters(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!parameters.some((one) => one === name))
      throw new VitrineError("USAGE", `${name}: an export knows ${parameters.join(", ")}.`);
    if (given.has(name)) throw new VitrineError("USAGE", `${name} is given twice.`);
    given.set(name, value);
  }
  return given;
}

function readFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new VitrineError("BAD_INPUT", `${name}: must be true or false, not ${text}.`);
}

function readSource(text = "AUTO"): Source {
  const source = sources.find((one) => one === text.toUpperCase());
  if (source) return source;
  throw new VitrineError("BAD_INPUT", `source: must be one of ${sources.join(", ")}, not ${text}.`);
}

function readMoment(text: string): string {
  try {
    return readDateTime(text);
  } catch (error) {
    if (error instanceof VitrineError) throw new VitrineError("BAD_INPUT", `asOf: ${error.message}`);
    throw error;
  }
}

function readFields(model: DocumentModel, text: string | undefined): readonly string[] {
  const names = storedNames(model);
  if (text === undefined) return names;
  const asked = text.split(",").map((name) => name.trim());
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new VitrineError(
      "BAD_INPUT",
      `fields: ${model.name} has no field "${unknown}". It has ${names.join(", ")}.`,
    );
  const twice = asked.find((name, index) => asked.indexOf(name) < index);
  if (twice !== undefined) throw new VitrineError("BAD_INPUT", `fields: names ${twice} twice.`);
  return asked;
}
