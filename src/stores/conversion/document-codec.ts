import type { DocumentModel } from "../../models/model.ts";
import { type BsonCodec, compileBsonCodec } from "./bson.ts";
import { compileTextReader, type TextReader } from "./document-text.ts";

const codecs = new WeakMap<DocumentModel, BsonCodec>();
const readers = new WeakMap<DocumentModel, TextReader>();

/** The codec of a model, compiled at first use. */
export function bsonCodecOf(model: DocumentModel): BsonCodec {
  const known = codecs.get(model) ?? compileBsonCodec(model);
  codecs.set(model, known);
  return known;
}

/** The reader of a model's JSON text, compiled at first use. */
export function textReaderOf(model: DocumentModel): TextReader {
  const known = readers.get(model) ?? compileTextReader(model);
  readers.set(model, known);
  return known;
}
