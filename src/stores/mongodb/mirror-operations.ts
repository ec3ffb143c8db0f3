import { BSON, Long } from "mongodb";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import type { BsonCodec } from "../conversion/bson.ts";
import { hashText } from "../conversion/bson.ts";
import { bsonCodecOf } from "../conversion/document-codec.ts";

export interface Rejected {
  readonly id: DocumentId;
  readonly reason: string;
}

/** A document or tombstone ready to be stored. */
export interface Operation {
  readonly id: DocumentId;
  // The driver wants ObjectId where no schema is declared; ids here are Int32, Long or text.
  readonly _id: never;
  readonly version: Long;
  readonly replacement: Record<string, unknown>;
}

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** Room for `_id` (at most 255 characters), `_v` and `_h`. */
const OWN_BYTES = 2048;
const CHUNK_BYTES = 6 * 1024 * 1024;
const CHUNK_DOCUMENTS = 1000;

/**
 * Turns entries into operations in chunks of at most 6 MB of JSON and 1,000 documents (a larger document is a chunk
 * of its own). Documents that MongoDB could not hold are rejected here: the driver would fail the whole batch.
 */
export function prepareWrites(
  model: DocumentModel,
  n: bigint,
  entries: readonly { readonly id: DocumentId; readonly document: Document | null }[],
): { readonly chunks: readonly (readonly Operation[])[]; readonly rejected: readonly Rejected[] } {
  const codec = bsonCodecOf(model);
  const version = Long.fromBigInt(n);
  const chunks: Operation[][] = [];
  const rejected: Rejected[] = [];
  let room = 0;
  for (const { id, document } of entries) {
    const { content, size } = document ? toContent(codec, document, version) : toTombstone(version);
    if (size > MAX_DOCUMENT_BYTES) {
      rejected.push({
        id,
        reason: `The document has ${size} bytes; MongoDB stores at most ${MAX_DOCUMENT_BYTES}.`,
      });
      continue;
    }
    const _id = codec.toId(id);
    const last = chunks.at(-1);
    const operation = { id, _id: _id as never, version, replacement: { _id, ...content } };
    if (last && size <= room && last.length < CHUNK_DOCUMENTS) last.push(operation);
    else {
      chunks.push([operation]);
      room = CHUNK_BYTES;
    }
    room -= size;
  }
  return { chunks, rejected };
}

function toContent(codec: BsonCodec, document: Document, version: Long) {
  const json = JSON.stringify(document);
  const content = codec.toBson(document);
  // No value takes more than ten times the bytes in BSON: only of large documents the size is computed.
  const isLarge = json.length * 10 > MAX_DOCUMENT_BYTES;
  const size = (isLarge ? BSON.calculateObjectSize(content) : json.length) + OWN_BYTES;
  content._v = version;
  content._h = hashText(json);
  return { content, size };
}

const toTombstone = (version: Long) => ({
  content: { _v: version, _del: true, _at: new Date() },
  size: OWN_BYTES,
});
