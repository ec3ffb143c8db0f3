import { BSON } from "mongodb";
import type { Document, DocumentModel } from "../../models/model.ts";
import { type BsonDocument, hashBson, hashText } from "./bson.ts";
import { bsonCodecOf } from "./document-codec.ts";

/** What a document of the live store must look like in the mirror. */
export interface MirroredForm {
  readonly content: BsonDocument;
  /** Of the bytes of the content. */
  readonly contentHash: string;
}

/** The form in which a document is mirrored. */
export function toMirroredForm(model: DocumentModel, document: Document): MirroredForm {
  const content = bsonCodecOf(model).toBson(document);
  return { content, contentHash: hashBson(content) };
}

/** The hash that the loader stores beside a document. */
export const hashDocument = (document: Document): string => hashText(JSON.stringify(document));

/** BSON as plain JSON that names the type of every value (canonical Extended JSON), to be shown and compared. */
export const toExtendedJson = (value: Readonly<Record<string, unknown>>): unknown =>
  BSON.EJSON.serialize(value, { relaxed: false });
