import { Readable } from "node:stream";
import { stringify } from "csv-stringify";
import type { Document, DocumentModel } from "../models/model.ts";
import { keyFieldOf } from "../models/model.ts";
import { storedFields } from "../stores/conversion/stored-fields.ts";
import { compileEncoder, compileScalar, type ExtendedJson } from "./encode-json.ts";

export type { ExtendedJson } from "./encode-json.ts";

export const exportFormats = ["json", "ndjson", "csv"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Characters per chunk handed to the file: fewer and larger writes, still little memory. */
const CHUNK = 65_536;

/**
 * The text of an export, in chunks, read from `documents` no faster than it is taken.
 * - json: one array of plain documents;
 * - ndjson: one Extended JSON document per line, with the id as `_id`, for `mongoimport`;
 * - csv: a header and one row per document; nested values are JSON text, null is an empty cell and an
 *   empty text is `""`.
 */
export function encodeDocuments(
  model: DocumentModel,
  documents: AsyncIterable<Document>,
  format: ExportFormat,
  extendedJson: ExtendedJson,
): AsyncIterable<string> {
  switch (format) {
    case "json":
      return inChunks(toArray(documents));
    case "ndjson":
      return inChunks(toLines(model, documents, extendedJson));
    case "csv":
      return toCsv(model, documents);
  }
}

async function* toArray(documents: AsyncIterable<Document>): AsyncIterable<string> {
  let separator = "[\n";
  for await (const document of documents) {
    yield separator + JSON.stringify(document);
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

async function* toLines(
  model: DocumentModel,
  documents: AsyncIterable<Document>,
  form: ExtendedJson,
): AsyncIterable<string> {
  const encodeId = compileScalar(keyFieldOf(model), form);
  const encode = compileEncoder(model.fields, form);
  for await (const document of documents)
    yield `{"_id":${encodeId(document[model.key])},${encode(document).slice(1)}\n`;
}

function toCsv(model: DocumentModel, documents: AsyncIterable<Document>): AsyncIterable<string> {
  const columns = storedFields(model.fields).map(([name]) => name);
  const writer = stringify({
    header: true,
    columns,
    record_delimiter: "\n",
    quoted_match: /^$/,
    cast: {
      boolean: (value) => (value ? "true" : "false"),
      object: (value) => JSON.stringify(value),
    },
  });
  const source = Readable.from(documents);
  source.on("error", (error) => writer.destroy(error));
  writer.on("close", () => source.destroy());
  source.pipe(writer);
  writer.setEncoding("utf8");
  return writer;
}

async function* inChunks(parts: AsyncIterable<string>): AsyncIterable<string> {
  let chunk = "";
  for await (const part of parts) {
    chunk += part;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}
