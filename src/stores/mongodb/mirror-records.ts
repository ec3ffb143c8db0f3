import { type ClientSession, Long, MongoServerError, type WriteConcernSettings } from "mongodb";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import { type Branch, sharedUpTo } from "./branches.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** A snapshot of the source, and the life of the source that it belongs to. */
export interface Position {
  readonly n: bigint;
  readonly incarnation: string;
  /** Lives before, newest first. Default: none. */
  readonly branches?: readonly Branch[];
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
 * position would hide that. So it would what a server wrote that has died since, which the present one never knew.
 * @throws VitrineError UNHEALTHY for both: the record is left as it is, for the guard to find
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
  const lost = [...sharedUpTo(position.branches)].map(([incarnation, upTo]) => ({
    incarnation,
    applied: { $gt: Long.fromBigInt(upTo) },
  }));
  const { matchedCount, upsertedCount } = await mongo.db
    .collection<AppliedRecord>(RECORDS)
    .updateOne(
      {
        _id,
        ...(isFirst ? {} : { applied: { $gte: Long.fromBigInt(acked) } }),
        ...(lost.length > 0 && { $nor: lost }),
      },
      { $max: { applied: Long.fromBigInt(position.n) }, $set: { incarnation: position.incarnation } },
      { upsert: isFirst, ...options },
    )
    .catch((error: unknown) => {
      // There is a record, which is not as it must be.
      if (isFirst && error instanceof MongoServerError && error.code === 11000)
        return { matchedCount: 0, upsertedCount: 0 };
      throw error;
    });
  if (matchedCount + upsertedCount > 0) return;
  throw new VitrineError(
    "UNHEALTHY",
    `${model.name}: the mirror lacks writes that it acknowledged, or has some that were lost. It is rebuilt.`,
  );
}

/** Notes these records as of the present life, which theirs has become a part of; those that have changed since stay. */
export async function noteAsOfNow(
  mongo: MongoDb,
  records: ReadonlyMap<string, Position>,
  { incarnation: present }: Position,
): Promise<void> {
  const collection = mongo.db.collection<AppliedRecord>(RECORDS);
  for (const [_id, { n, incarnation }] of records)
    await collection
      .updateOne(
        { _id, incarnation, applied: Long.fromBigInt(n) },
        { $set: { incarnation: present } },
        { writeConcern: { w: "majority" } },
      )
      .catch((error: unknown) => {
        throw toMirrorError(error);
      });
}

/** The largest position of all collections; 0 when nothing was ever written. */
export const largestOf = (applied: ReadonlyMap<string, Position>): bigint =>
  [...applied.values()].reduce((most, { n }) => (n > most ? n : most), 0n);

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
