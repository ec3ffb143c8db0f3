import type { Document, DocumentModel } from "../models/model.ts";
import { keyFieldOf } from "../models/model.ts";
import { encodeCsv } from "./encode-csv.ts";
import { compileEncoder, compileScalar, type ExtendedJson } from "./encode-json.ts";

export type { ExtendedJson } from "./encode-json.ts";

export const exportFormats = ["ndjson", "json", "csv", "ejson"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface EncodeOptions {
  readonly format: ExportFormat;
  /** Of `ejson`. */
  readonly extendedJson: ExtendedJson;
  /** Of `csv`: as spreadsheets want it. Default: false. */
  readonly excel?: boolean;
}

/** Characters per chunk handed to the file: fewer and larger writes, still little memory. */
const CHUNK = 65_536;

/**
 * The text of an export, in chunks, read from `documents` no faster than it is taken.
 * - ndjson: one plain JSON document per line, in which decimals and big integers are numbers with all their digits;
 * - json: one array of documents as GraphQL shows them, with decimals and big integers as texts;
 * - ejson: one Extended JSON document per line, with the id as `_id`, for `mongoimport`;
 * - csv: see encodeCsv.
 */
export function encodeDocuments(
  model: DocumentModel,
  documents: AsyncIterable<Document>,
  { format, extendedJson, excel = false }: EncodeOptions,
): AsyncIterable<string> {
  switch (format) {
    case "json":
      return inChunks(toArray(documents));
    case "ndjson":
      return inChunks(toLines(documents, compileEncoder(model.fields, "plain")));
    case "ejson":
      return inChunks(toLines(documents, withId(model, extendedJson)));
    case "csv":
      return encodeCsv(model, documents, excel);
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
  documents: AsyncIterable<Document>,
  encode: (document: Document) => string,
): AsyncIterable<string> {
  for await (const document of documents) yield `${encode(document)}\n`;
}

function withId(model: DocumentModel, form: ExtendedJson): (document: Document) => string {
  const encodeId = compileScalar(keyFieldOf(model), form);
  const encode = compileEncoder(model.fields, form);
  return (document) => `{"_id":${encodeId(document[model.key])},${encode(document).slice(1)}`;
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
