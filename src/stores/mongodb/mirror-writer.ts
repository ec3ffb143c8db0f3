import { MongoBulkWriteError, MongoError, MongoServerError } from "mongodb";
import { VitrineError } from "../../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { type Operation, prepareWrites, type Refused } from "./mirror-operations.ts";
import { type BatchPosition, type Receipt, recordApplied } from "./mirror-records.ts";
import { readRefusals } from "./mirror-refusals.ts";
import { hasTransactions } from "./mirror-server.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

export interface MirrorEntry {
  readonly id: DocumentId;
  /** Null: the view has no such document any more; it becomes a tombstone. */
  readonly document: Document | null;
}

export interface WriteOutcome {
  readonly written: number;
  /** The mirror had a version as new, or newer. */
  readonly skipped: number;
  /** Poison: can be stored by no repetition. */
  readonly refused: readonly Refused[];
  /** Of inserts: documents that could not be inserted because they were there, or because there are none any more. */
  readonly found?: number;
}

/** Of a batch that is in the mirror. */
export interface WrittenBatch extends WriteOutcome, Pick<Receipt, "receipt"> {
  /** The receipts that its collection knows, as this process last saw it. */
  known(): readonly bigint[];
}

/** The server acknowledges what survives a crash of any minority. */
const durable = { writeConcern: { w: "majority", journal: true } } as const;

/**
 * Writes documents of one snapshot: each replaces an older version and never a newer one, in any order, by any
 * number of loaders. When it returns, everything but `refused` is durable, and `position` is recorded as
 * applied. Repeating it is harmless.
 *
 * In one transaction where the server has them: one durable commit instead of one per document.
 * @throws VitrineError MIRROR_UNAVAILABLE; the driver's error for any fault that is not the document's own
 */
export async function writeBatch(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  entries: readonly MirrorEntry[],
): Promise<WrittenBatch> {
  const { chunks, refused } = prepareWrites(model, position.n, entries);
  const outcomes: WriteOutcome[] = [{ written: 0, skipped: 0, refused }];
  return inTurn(mongo, model, () =>
    inOneLife(mongo, model, async () => {
      let last: Receipt | undefined;
      for (const chunk of chunks) {
        const { outcome, receipt } = await writeChunk(mongo, model, position, chunk);
        outcomes.push(outcome);
        last = receipt;
      }
      const { receipt, known } = last ?? (await recordApplied(mongo, model, position, durable));
      const latest = latestOf(mongo);
      const name = position.collection ?? model.name;
      latest.set(name, known);
      return {
        ...addUp(outcomes),
        receipt,
        // A later write knows this one as well, unless the mirror was replaced in between.
        known: () => [known, latest.get(name) ?? []].findLast((seen) => seen.includes(receipt)) ?? known,
      };
    }),
  );
}

/**
 * A receipt speaks for the writes before it only if all were to one server: between two of them it could be killed,
 * and replaced by an older copy that lacks the first.
 */
async function inOneLife<T>(mongo: MongoDb, model: DocumentModel, write: () => Promise<T>): Promise<T> {
  const before = mongo.losses();
  let written: T;
  try {
    written = await write();
  } catch (error) {
    throw toMirrorError(error);
  }
  if (mongo.losses() === before) return written;
  throw new VitrineError(
    "MIRROR_UNAVAILABLE",
    `${model.name}: the connection to MongoDB was lost while a batch was written. It is written again.`,
  );
}

const seen = new WeakMap<MongoDb, Map<string, readonly bigint[]>>();

/** The receipts that each collection knew after the last write of this process, by name. */
function latestOf(mongo: MongoDb): Map<string, readonly bigint[]> {
  const latest = seen.get(mongo) ?? new Map<string, readonly bigint[]>();
  seen.set(mongo, latest);
  return latest;
}

const turns = new WeakMap<MongoDb, Map<string, Promise<unknown>>>();

/**
 * One at a time of a model in this process: two transactions that note their position in one record meet each other,
 * and the one that is aborted is repeated with a durable commit for each document.
 */
function inTurn<T>(mongo: MongoDb, model: DocumentModel, write: () => Promise<T>): Promise<T> {
  const last = turns.get(mongo) ?? new Map<string, Promise<unknown>>();
  turns.set(mongo, last);
  const turn = (last.get(model.name) ?? Promise.resolve()).then(write);
  last.set(
    model.name,
    turn.catch(() => undefined),
  );
  return turn;
}

/**
 * The same for a rebuild: most documents are not there yet, and a plain insert is cheaper than a guarded
 * replace. Those that are there are written by the guarded replace.
 */
export async function insertBatch(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  entries: readonly MirrorEntry[],
): Promise<WrittenBatch> {
  const inserts = entries.filter((entry) => entry.document !== null);
  const { chunks, refused } = prepareWrites(model, position.n, inserts);
  const outcomes: WriteOutcome[] = [{ written: 0, skipped: 0, refused }];
  const name = position.collection ?? model.name;
  const again = new Set(entries.filter((entry) => entry.document === null).map((entry) => entry.id));
  return inOneLife(mongo, model, async () => {
    for (const chunk of chunks) {
      const documents = chunk.map((operation) => operation.replacement);
      try {
        await mongo.db.collection(name).insertMany(documents, { ordered: false, ...durable });
        outcomes.push({ written: chunk.length, skipped: 0, refused: [] });
      } catch (error) {
        const { newer, refused: poison } = readRefusals(error, chunk);
        for (const id of newer) again.add(id);
        outcomes.push({ written: chunk.length - newer.length - poison.length, skipped: 0, refused: poison });
      }
    }
    // Also records the position, after all documents.
    const rest = entries.filter((entry) => again.has(entry.id));
    const last = await writeBatch(mongo, model, position, rest);
    return { ...last, ...addUp([...outcomes, last]), found: again.size };
  });
}

const addUp = (outcomes: readonly WriteOutcome[]): WriteOutcome => ({
  written: outcomes.reduce((sum, outcome) => sum + outcome.written, 0),
  skipped: outcomes.reduce((sum, outcome) => sum + outcome.skipped, 0),
  refused: outcomes.flatMap((outcome) => outcome.refused),
});

async function writeChunk(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  chunk: readonly Operation[],
): Promise<{ readonly outcome: WriteOutcome; readonly receipt: Receipt }> {
  if (await hasTransactions(mongo)) {
    const receipt = await writeTogether(mongo, model, position, chunk);
    if (receipt) return { outcome: { written: chunk.length, skipped: 0, refused: [] }, receipt };
  }
  const outcome = await writeEach(mongo, position.collection ?? model.name, chunk);
  return { outcome, receipt: await recordApplied(mongo, model, position, durable) };
}

/** All documents and the position in one transaction; undefined when any was refused or met another writer. */
async function writeTogether(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  chunk: readonly Operation[],
): Promise<Receipt | undefined> {
  const session = mongo.client.startSession();
  try {
    session.startTransaction(durable);
    const collection = mongo.db.collection(position.collection ?? model.name);
    await collection.bulkWrite(chunk.map(toReplaceOne), { session, ordered: true });
    const receipt = await recordApplied(mongo, model, position, { session });
    await session.commitTransaction();
    return receipt;
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
    if (isOfDocuments(error)) return undefined;
    throw error;
  } finally {
    await session.endSession();
  }
}

/** Errors of some document, or of two writers: outside a transaction each document has its own outcome. */
function isOfDocuments(error: unknown): boolean {
  if (error instanceof MongoBulkWriteError) return true;
  if (!(error instanceof MongoError)) return false;
  if (error.hasErrorLabel("UnknownTransactionCommitResult")) return false;
  const isServers = error instanceof MongoServerError;
  return isServers && (error.code === 11000 || error.hasErrorLabel("TransientTransactionError"));
}

async function writeEach(mongo: MongoDb, name: string, chunk: readonly Operation[]): Promise<WriteOutcome> {
  const collection = mongo.db.collection(name);
  let found: ReturnType<typeof readRefusals>;
  try {
    await collection.bulkWrite(chunk.map(toReplaceOne), { ordered: false, ...durable });
    return { written: chunk.length, skipped: 0, refused: [] };
  } catch (error) {
    found = readRefusals(error, chunk);
  }
  const { newer, refused } = found;
  const written = chunk.length - newer.length - refused.length;
  if (newer.length === 0) return { written, skipped: 0, refused };
  // Two loaders that insert one document at a time: the later version may be the one that was refused. The
  // document is there now, so a replacement without upsert decides.
  const ids = new Set(newer);
  const again = chunk.filter((operation) => ids.has(operation.id));
  const replacements = again.map((operation) => ({
    replaceOne: { ...toReplaceOne(operation).replaceOne, upsert: false },
  }));
  try {
    const { matchedCount } = await collection.bulkWrite(replacements, { ordered: false, ...durable });
    return { written: written + matchedCount, skipped: again.length - matchedCount, refused };
  } catch (error) {
    const poison = readRefusals(error, again).refused;
    return { written, skipped: again.length - poison.length, refused: [...refused, ...poison] };
  }
}

/** The guard: an upsert that meets a newer version finds nothing to replace and then its own `_id` taken. */
const toReplaceOne = ({ _id, version, replacement }: Operation) => ({
  replaceOne: { filter: { _id, _v: { $lt: version } }, replacement, upsert: true },
});
