import { MongoBulkWriteError, MongoError, MongoServerError } from "mongodb";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { type Equal, findEqual, raiseVersions } from "./find-equal.ts";
import { type Operation, prepareWrites, type Rejected } from "./mirror-operations.ts";
import { type BatchPosition, recordApplied } from "./mirror-records.ts";
import { readRejections } from "./mirror-rejections.ts";
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
  /** Can be stored by no repetition. */
  readonly rejected: readonly Rejected[];
  /** Of inserts: documents that could not be inserted because they were there, or because there are none any more. */
  readonly found?: number;
  /** Of renewals: documents that were there as they should be, and got the new version only. */
  readonly renewed?: number;
}

/** The server acknowledges what survives a crash of any minority. */
const durable = { writeConcern: { w: "majority", journal: true } } as const;

/**
 * Writes documents of one snapshot: each replaces an older version and never a newer one, in any order, by any
 * number of loaders. When it returns, everything but `rejected` is durable, and `position` is recorded as
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
): Promise<WriteOutcome> {
  return writeChunks(mongo, model, position, entries, async () => []);
}

/**
 * The same for a rebuild over documents that are there: those that are byte for byte as they should be get the new version
 * only (half of what a replacement costs, and little for replicas to copy), in the same transaction as the others.
 */
export async function renewBatch(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  entries: readonly MirrorEntry[],
): Promise<WriteOutcome> {
  const name = position.collection ?? model.name;
  return writeChunks(mongo, model, position, entries, (chunk) => findEqual(mongo, name, chunk));
}

async function writeChunks(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  entries: readonly MirrorEntry[],
  find: (chunk: readonly Operation[]) => Promise<readonly Equal[]>,
): Promise<WriteOutcome> {
  const { chunks, rejected } = prepareWrites(model, position.n, entries);
  const outcomes: WriteOutcome[] = [{ written: 0, skipped: 0, rejected }];
  return inTurn(mongo, model, async () => {
    for (const chunk of chunks)
      outcomes.push(await writeChunk(mongo, model, position, { chunk, equal: await find(chunk) }));
    if (chunks.length === 0) await recordApplied(mongo, model, position, durable);
    return addUp(outcomes);
  });
}

const turns = new WeakMap<MongoDb, Map<string, Promise<unknown>>>();

/**
 * One at a time of a model in this process: two transactions that note their position in one record meet each other,
 * and the one that is aborted is repeated with a durable commit for each document.
 */
function inTurn<T>(mongo: MongoDb, model: DocumentModel, write: () => Promise<T>): Promise<T> {
  const last = turns.get(mongo) ?? new Map<string, Promise<unknown>>();
  turns.set(mongo, last);
  const turn = (last.get(model.name) ?? Promise.resolve()).then(() => translateErrors(write));
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
): Promise<WriteOutcome> {
  const inserts = entries.filter((entry) => entry.document !== null);
  const { chunks, rejected } = prepareWrites(model, position.n, inserts);
  const outcomes: WriteOutcome[] = [{ written: 0, skipped: 0, rejected }];
  const name = position.collection ?? model.name;
  const again = new Set(entries.filter((entry) => entry.document === null).map((entry) => entry.id));
  for (const chunk of chunks) {
    const documents = chunk.map((operation) => operation.replacement);
    try {
      await mongo.db.collection(name).insertMany(documents, { ordered: false, ...durable });
      outcomes.push({ written: chunk.length, skipped: 0, rejected: [] });
    } catch (error) {
      const { newer, rejected: failed } = await translateErrors(async () => readRejections(error, chunk));
      for (const id of newer) again.add(id);
      outcomes.push({ written: chunk.length - newer.length - failed.length, skipped: 0, rejected: failed });
    }
  }
  // Also records the position, after all documents.
  const rest = entries.filter((entry) => again.has(entry.id));
  outcomes.push(await writeBatch(mongo, model, position, rest));
  return { ...addUp(outcomes), found: again.size };
}

async function translateErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toMirrorError(error);
  }
}

const addUp = (outcomes: readonly WriteOutcome[]): WriteOutcome => ({
  written: outcomes.reduce((sum, outcome) => sum + outcome.written, 0),
  skipped: outcomes.reduce((sum, outcome) => sum + outcome.skipped, 0),
  rejected: outcomes.flatMap((outcome) => outcome.rejected),
  renewed: outcomes.reduce((sum, { renewed = 0 }) => sum + renewed, 0),
});

/** Operations that are written together, and those among them whose documents are there already. */
interface Chunk {
  readonly chunk: readonly Operation[];
  readonly equal: readonly Equal[];
}

async function writeChunk(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  { chunk, equal }: Chunk,
): Promise<WriteOutcome> {
  const renewed = equal.reduce((sum, { operations }) => sum + operations.length, 0);
  if ((await hasTransactions(mongo)) && (await writeTogether(mongo, model, position, { chunk, equal })))
    return { written: chunk.length, skipped: 0, rejected: [], renewed };
  const outcome = await writeEach(mongo, position.collection ?? model.name, chunk);
  await recordApplied(mongo, model, position, durable);
  return outcome;
}

/** All documents and the position in one transaction; false when any was rejected or met another writer. */
async function writeTogether(
  mongo: MongoDb,
  model: DocumentModel,
  position: BatchPosition,
  { chunk, equal }: Chunk,
): Promise<boolean> {
  const session = mongo.client.startSession();
  try {
    session.startTransaction(durable);
    const collection = mongo.db.collection(position.collection ?? model.name);
    if (!(await raiseVersions(collection, equal, session))) {
      await session.abortTransaction();
      return false;
    }
    const same = new Set(equal.flatMap(({ operations }) => operations));
    const others = chunk.filter((operation) => !same.has(operation));
    if (others.length > 0) await collection.bulkWrite(others.map(toReplaceOne), { session, ordered: true });
    await recordApplied(mongo, model, position, { session });
    await session.commitTransaction();
    return true;
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
    if (isOfDocuments(error)) return false;
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
  let found: ReturnType<typeof readRejections>;
  try {
    await collection.bulkWrite(chunk.map(toReplaceOne), { ordered: false, ...durable });
    return { written: chunk.length, skipped: 0, rejected: [] };
  } catch (error) {
    found = readRejections(error, chunk);
  }
  const { newer, rejected } = found;
  const written = chunk.length - newer.length - rejected.length;
  if (newer.length === 0) return { written, skipped: 0, rejected };
  // Two loaders that insert one document at a time: the later version may be the one that was rejected. The
  // document is there now, so a replacement without upsert decides.
  const ids = new Set(newer);
  const again = chunk.filter((operation) => ids.has(operation.id));
  const replacements = again.map((operation) => ({
    replaceOne: { ...toReplaceOne(operation).replaceOne, upsert: false },
  }));
  try {
    const { matchedCount } = await collection.bulkWrite(replacements, { ordered: false, ...durable });
    return { written: written + matchedCount, skipped: again.length - matchedCount, rejected };
  } catch (error) {
    const more = readRejections(error, again).rejected;
    return { written, skipped: again.length - more.length, rejected: [...rejected, ...more] };
  }
}

/** The guard: an upsert that meets a newer version finds nothing to replace and then its own `_id` taken. */
const toReplaceOne = ({ _id, version, replacement }: Operation) => ({
  replaceOne: { filter: { _id, _v: { $lt: version } }, replacement, upsert: true },
});
