import { type ClientSession, Long, type WriteConcernSettings } from "mongodb";
import type { DocumentModel } from "../models/model.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** A snapshot of the source, and the life of the source that it belongs to. */
export interface Position {
  readonly n: bigint;
  readonly incarnation: string;
}

/** Collection of the loader's own records, one per model. */
const RECORDS = "_vitrine";

interface AppliedRecord {
  readonly _id: string;
  readonly applied: Long;
  readonly incarnation: string;
}

/** Notes that a batch of this position is in the mirror; the largest stays. */
export async function recordApplied(
  mongo: MongoDb,
  model: DocumentModel,
  position: Position,
  options: { readonly session: ClientSession } | { readonly writeConcern: WriteConcernSettings },
): Promise<void> {
  await mongo.db
    .collection<AppliedRecord>(RECORDS)
    .updateOne(
      { _id: model.name },
      { $max: { applied: Long.fromBigInt(position.n) }, $set: { incarnation: position.incarnation } },
      { upsert: true, ...options },
    );
}

/** The largest position applied to each model that was ever written, by name. @throws VitrineError MIRROR_UNAVAILABLE */
export async function readApplied(mongo: MongoDb): Promise<ReadonlyMap<string, Position>> {
  try {
    const records = await mongo.db.collection<AppliedRecord>(RECORDS).find().toArray();
    return new Map(
      records.map((record) => [
        record._id,
        { n: record.applied.toBigInt(), incarnation: record.incarnation },
      ]),
    );
  } catch (error) {
    throw toMirrorError(error);
  }
}
