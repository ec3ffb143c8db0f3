import { Long } from "mongodb";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { hashBson } from "../conversion/bson.ts";
import { bsonCodecOf } from "../conversion/document-codec.ts";
import { isAlive } from "./mirror-filter.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** A document or tombstone as it lies in the mirror. */
export interface MirroredDocument {
  readonly id: DocumentId;
  readonly version: bigint;
  /** The content hash that its writer stored; null for a tombstone. */
  readonly hash: string | null;
  /** The hash of what is there now: differs from `hash` when it was edited by hand. Null unless read deep. */
  readonly contentHash: string | null;
  /** What is there, without our own fields; null for a tombstone and unless read deep. */
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly isTombstone: boolean;
}

export interface MirrorRange {
  /** Where the documents are. Default: the collection with the model's name. */
  readonly collection?: string;
  /** Exclusive; null: from the start. */
  readonly after: DocumentId | null;
  /** Inclusive; null: to the end. */
  readonly upTo: DocumentId | null;
  /** Only these, when given. */
  readonly ids?: readonly DocumentId[];
  /** Read the contents too and compute their hashes. */
  readonly deep: boolean;
}

/** Streams a range of a model's mirror in key order, tombstones included, from the primary, majority committed. */
export async function* streamMirror(
  mongo: MongoDb,
  model: DocumentModel,
  { collection = model.name, after, upTo, ids, deep }: MirrorRange,
): AsyncGenerator<MirroredDocument> {
  const codec = bsonCodecOf(model);
  const bounds = {
    ...(after === null ? {} : { $gt: codec.toId(after) }),
    ...(upTo === null ? {} : { $lte: codec.toId(upTo) }),
    ...(ids ? { $in: ids.map(codec.toId) } : {}),
  };
  const cursor = mongo.db.collection(collection).find(
    // The driver wants ObjectId where no schema is declared.
    (Object.keys(bounds).length === 0 ? {} : { _id: bounds }) as object,
    {
      sort: { _id: 1 },
      batchSize: 1000,
      // Types as stored: an Int32 edited into a Double is a difference.
      promoteValues: false,
      ...(deep ? {} : { projection: { _v: 1, _h: 1, _del: 1 } }),
    },
  );
  try {
    for await (const { _id, _v, _h, _del, ...content } of cursor) {
      const isTombstone = _del !== undefined;
      const withContent = deep && !isTombstone;
      yield {
        id: codec.fromId(_id),
        version: toVersion(_v),
        hash: isTombstone ? null : String(_h),
        contentHash: withContent ? hashBson(content) : null,
        content: withContent ? content : null,
        isTombstone,
      };
    }
  } catch (error) {
    throw toMirrorError(error);
  } finally {
    await cursor.close();
  }
}

/** About how many documents a collection has, tombstones included: from the server's own books. */
export async function countDocuments(mongo: MongoDb, collection: string): Promise<number> {
  try {
    return await mongo.db.collection(collection).estimatedDocumentCount();
  } catch (error) {
    throw toMirrorError(error);
  }
}

/**
 * Ids of the documents whose version is below `n`, in key order after `after`, at most `limit`: at the end of
 * a rebuild those that the view lacks are orphans.
 */
export async function findOlder(
  mongo: MongoDb,
  model: DocumentModel,
  n: bigint,
  after: DocumentId | null,
  limit: number,
  collection: string = model.name,
): Promise<readonly DocumentId[]> {
  const codec = bsonCodecOf(model);
  const range = after === null ? {} : { _id: { $gt: codec.toId(after) } };
  try {
    const found = await mongo.db
      .collection(collection)
      // The driver wants ObjectId where no schema is declared.
      .find({ ...isAlive, ...range, _v: { $lt: Long.fromBigInt(n) } } as object, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map((document) => codec.fromId(document._id));
  } catch (error) {
    throw toMirrorError(error);
  }
}

/** A version edited into another type counts as the oldest. */
const toVersion = (value: unknown): bigint => (value instanceof Long ? value.toBigInt() : 0n);
