import { type ClientSession, Long, type WriteConcernSettings } from "mongodb";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** A snapshot of the source, and the life of the source that it belongs to. */
export interface Position {
  readonly n: bigint;
  readonly incarnation: string;
}

/** The position of a batch, with what its snapshot shows of the model. */
export interface BatchPosition extends Position {
  /** The largest position acknowledged, if any. */
  readonly acked?: bigint;
  /** Where its documents go. Default: the collection with the model's name. */
  readonly collection?: string;
}

/** Collection of the loader's own records, one per collection of documents, by its name. */
const RECORDS = "_vitrine";

interface AppliedRecord {
  readonly _id: string;
  readonly applied: Long;
  readonly incarnation: string;
}

/**
 * Notes that a batch of this position is in the mirror; the largest stays. Whoever wrote before has noted at
 * least what the source calls acknowledged: a mirror that knows less is an older copy of itself, and a larger
 * position would hide that.
 * @throws VitrineError UNHEALTHY for such a copy: its record is left as it is, for the guard to find
 */
export async function recordApplied(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  options: { readonly session: ClientSession } | { readonly writeConcern: WriteConcernSettings },
): Promise<void> {
  const acked = position.acked ?? 0n;
  const isFirst = acked === 0n;
  const _id = position.collection ?? model.name;
  const { matchedCount, upsertedCount } = await mongo.db
    .collection<AppliedRecord>(RECORDS)
    .updateOne(
      isFirst ? { _id } : { _id, applied: { $gte: Long.fromBigInt(acked) } },
      { $max: { applied: Long.fromBigInt(position.n) }, $set: { incarnation: position.incarnation } },
      { upsert: isFirst, ...options },
    );
  if (matchedCount + upsertedCount > 0) return;
  throw new VitrineError(
    "UNHEALTHY",
    `${model.name}: the mirror lacks writes that it acknowledged. It is rebuilt.`,
  );
}

/** The largest position applied to each collection that was ever written, by name. @throws VitrineError MIRROR_UNAVAILABLE */
export async function readApplied(mongo: MongoDb): Promise<ReadonlyMap<string, Position>> {
  try {
    const records = await mongo.db.collection<AppliedRecord>(RECORDS).find().toArray();
    return new Map(
      records.map(({ _id, applied, incarnation }) => [_id, { n: applied.toBigInt(), incarnation }]),
    );
  } catch (error) {
    throw toMirrorError(error);
  }
}
