import type { DocumentModel } from "../../models/model.ts";
import { type BsonCodec, compileBsonCodec } from "./bson.ts";
import { compileRowReader, type RowReader } from "./document-row.ts";

const codecs = new WeakMap<DocumentModel, BsonCodec>();
const readers = new WeakMap<DocumentModel, RowReader>();

/** The codec of a model, compiled at first use. */
export function bsonCodecOf(model: DocumentModel): BsonCodec {
  const known = codecs.get(model) ?? compileBsonCodec(model);
  codecs.set(model, known);
  return known;
}

/** The reader of a model's rows, compiled at first use. */
export function rowReaderOf(model: DocumentModel): RowReader {
  const known = readers.get(model) ?? compileRowReader(model);
  readers.set(model, known);
  return known;
}
