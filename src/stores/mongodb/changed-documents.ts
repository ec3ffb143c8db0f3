import { type Collection, Long } from "mongodb";
import { VitrineError } from "../../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import type { BsonDocument, BsonId } from "../conversion/bson.ts";
import { bsonCodecOf } from "../conversion/document-codec.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** What the mirror holds of a document, and since which snapshot. */
export interface VersionedDocument {
  readonly id: DocumentId;
  /** Position of the snapshot that it was read in. */
  readonly version: bigint;
  /** Null: it was deleted. */
  readonly document: Document | null;
}

export interface ChangedRead {
  /** Where the documents are. */
  readonly collection: string;
  /** Only what was written after this position, and deletions; null: every document that there is, in key order. */
  readonly after: bigint | null;
  readonly signal: AbortSignal;
  /** Told of a document that was edited into something else; it is left out. */
  onInvalid(id: DocumentId, error: VitrineError): void;
}

/** So many changed documents are looked up one by one; of more the whole collection is read. */
const LOOKED_UP = 100_000;

type Stored = BsonDocument & { readonly _id: BsonId; readonly _v: Long; readonly _del?: boolean };
type Documents = Collection<Stored>;

/**
 * The documents of a model's mirror that were written after a position, each once, with a cost that follows their number.
 * What is written meanwhile may be among them. A deletion is told for three days (see TOMBSTONE_SECONDS).
 * @throws VitrineError MIRROR_UNAVAILABLE
 */
export async function* streamChanged(
  mongo: MongoDb,
  model: DocumentModel,
  read: ChangedRead,
): AsyncGenerator<VersionedDocument> {
  const documents: Documents = mongo.db.collection<Stored>(read.collection);
  try {
    const ids = read.after === null ? null : await findChangedIds(documents, read.after);
    if (ids === null) yield* readAll(documents, model, read);
    else
      for (let from = 0; from < ids.length; from += model.batch)
        yield* readThese(documents, model, read, ids.slice(from, from + model.batch));
  } catch (error) {
    read.signal.throwIfAborted();
    throw toMirrorError(error);
  }
}

/**
 * Lets the changes after a position be found without reading all documents. Only where somebody asks for them, since every
 * write pays for it. Does nothing when it is there.
 */
export async function indexVersions(mongo: MongoDb, collection: string): Promise<void> {
  try {
    await mongo.db.collection(collection).createIndex({ _v: 1, _id: 1 }, { name: "version" });
  } catch (error) {
    throw toMirrorError(error);
  }
}

/** From the index alone; null: too many to look up. */
async function findChangedIds(documents: Documents, after: bigint): Promise<readonly BsonId[] | null> {
  const found = await documents
    .find({ _v: { $gt: Long.fromBigInt(after) } } as object, { promoteValues: false })
    .project<Pick<Stored, "_id">>({ _id: 1 })
    .sort({ _v: 1, _id: 1 })
    .limit(LOOKED_UP + 1)
    .toArray();
  return found.length > LOOKED_UP ? null : found.map(({ _id }) => _id);
}

async function* readAll(documents: Documents, model: DocumentModel, read: ChangedRead) {
  // Who has nothing yet needs no deletions.
  const wanted = read.after === null ? { _del: { $ne: true } } : { _v: { $gt: Long.fromBigInt(read.after) } };
  const cursor = documents.find(wanted as object, { signal: read.signal });
  yield* toVersioned(model, read, cursor.sort({ _id: 1 }).batchSize(model.batch));
}

async function* readThese(
  documents: Documents,
  model: DocumentModel,
  read: ChangedRead,
  ids: readonly BsonId[],
) {
  yield* toVersioned(model, read, documents.find({ _id: { $in: ids } } as object, { signal: read.signal }));
}

async function* toVersioned(
  model: DocumentModel,
  { onInvalid }: ChangedRead,
  stored: AsyncIterable<Stored>,
): AsyncGenerator<VersionedDocument> {
  const codec = bsonCodecOf(model);
  for await (const one of stored) {
    const id = codec.fromId(one._id);
    const version = one._v.toBigInt();
    if (one._del === true) yield { id, version, document: null };
    else
      try {
        yield { id, version, document: codec.fromBson(one) };
      } catch (error) {
        if (!(error instanceof VitrineError)) throw error;
        onInvalid(id, error);
      }
  }
}
