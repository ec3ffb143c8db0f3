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

/** What the mirror says of a collection of documents. */
export interface AppliedPosition extends Position {
  /** Of its latest writes, oldest first. */
  readonly receipts: readonly bigint[];
}

/** What the mirror gives for a write. */
export interface Receipt {
  readonly receipt: bigint;
  /** The receipts of the latest writes to that collection, this one among them. */
  readonly known: readonly bigint[];
}

/** Collection of the loader's own records, one per collection of documents, by its name. */
const RECORDS = "_vitrine";

interface AppliedRecord {
  readonly _id: string;
  readonly applied: Long;
  readonly incarnation: string;
  /** How many writes there were; absent before the first one that counted them. */
  readonly writes?: Long;
  /** The positions of the latest, in the order in which they were written. */
  readonly recent?: readonly Long[];
}

/** More than can be written to a collection while one write waits for its acknowledgement. */
const RECENT = 100;
const POSITION_BITS = 20n;

/**
 * The number of a write in its collection, then the last bits of its position. An older copy of the mirror gives the
 * numbers again that it has lost, but not with the same positions: those are never given twice.
 */
const receiptOf = (write: bigint, position: bigint): bigint =>
  (write << POSITION_BITS) | BigInt.asUintN(Number(POSITION_BITS), position);

const receiptsOf = ({ writes, recent = [] }: AppliedRecord): readonly bigint[] =>
  recent.map((position, index) =>
    receiptOf((writes?.toBigInt() ?? 0n) - BigInt(recent.length - 1 - index), position.toBigInt()),
  );

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
): Promise<Receipt> {
  const acked = position.acked ?? 0n;
  const isFirst = acked === 0n;
  const _id = position.collection ?? model.name;
  const n = Long.fromBigInt(position.n);
  const record = await mongo.db.collection<AppliedRecord>(RECORDS).findOneAndUpdate(
    isFirst ? { _id } : { _id, applied: { $gte: Long.fromBigInt(acked) } },
    {
      $max: { applied: n },
      $set: { incarnation: position.incarnation },
      $inc: { writes: Long.ONE },
      $push: { recent: { $each: [n], $slice: -RECENT } },
    },
    { upsert: isFirst, returnDocument: "after", ...options },
  );
  const known = record ? receiptsOf(record) : [];
  const receipt = known.at(-1);
  if (receipt === undefined) throw lacksWrites(model);
  return { receipt, known };
}

/** The mirror is an older copy of itself. */
export const lacksWrites = (model: DocumentModel): VitrineError =>
  new VitrineError(
    "UNHEALTHY",
    `${model.name}: the mirror lacks writes that it acknowledged. It is rebuilt.`,
  );

/** The largest position applied to each collection that was ever written, by name. @throws VitrineError MIRROR_UNAVAILABLE */
export async function readApplied(mongo: MongoDb): Promise<ReadonlyMap<string, AppliedPosition>> {
  try {
    const records = await mongo.db.collection<AppliedRecord>(RECORDS).find().toArray();
    return new Map(
      records.map((record) => [
        record._id,
        {
          n: record.applied.toBigInt(),
          incarnation: record.incarnation,
          receipts: receiptsOf(record),
        },
      ]),
    );
  } catch (error) {
    throw toMirrorError(error);
  }
}
