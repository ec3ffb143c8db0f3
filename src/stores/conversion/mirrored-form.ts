import { BSON } from "mongodb";
import type { Document, DocumentModel } from "../../models/model.ts";
import { type BsonDocument, hashBson } from "./bson.ts";
import { bsonCodecOf } from "./document-codec.ts";

/** What a document of the live store must look like in the mirror. */
export interface MirroredForm {
  /** Of its content, as the loader stores it beside the document. */
  readonly hash: string;
  readonly content: BsonDocument;
}

/** The form in which a document is mirrored. */
export function toMirroredForm(model: DocumentModel, document: Document): MirroredForm {
  const content = bsonCodecOf(model).toBson(document);
  return { hash: hashBson(content), content };
}

/** BSON as plain JSON that names the type of every value (canonical Extended JSON), to be shown and compared. */
export const toExtendedJson = (value: Readonly<Record<string, unknown>>): unknown =>
  BSON.EJSON.serialize(value, { relaxed: false });
