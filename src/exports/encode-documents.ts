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
      return inChunks(toCsv(model, documents));
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

async function* toCsv(model: DocumentModel, documents: AsyncIterable<Document>): AsyncIterable<string> {
  const columns = storedFields(model.fields).map(([name]) => name);
  yield `${columns.map(toCell).join(",")}\n`;
  for await (const document of documents)
    yield `${columns.map((name) => toCell(document[name])).join(",")}\n`;
}

/** RFC 4180: quoted where it must be, and to tell an empty text from null. */
function toCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
