import { deleteChanges, readChanges, readChangeTables } from "../../core/change-tables.ts";
import { deletePending, isQueueLongerThan, readPendingIds } from "../../core/pending-queue.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf, holdUntouched } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb, MariaDbConnection } from "../../stores/mariadb/mariadb.ts";
import { countDocuments } from "../../stores/mongodb/mirror-range.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import type { Snapshot, Snapshots } from "../snapshots.ts";

/** Ids deleted in one transaction. */
const DROP_CHUNK = 5000;
/** A shorter queue is worked off sooner than a rebuild begins. */
const SHORT_QUEUE = 100_000;

/**
 * When every model that reads a captured table is still to be rebuilt from its first document, the changes logged so far
 * need not be resolved one by one (a first import logs millions): the rebuilds will see them. Deletes exactly those that
 * one snapshot shows, as long as no rebuild has begun: the locked states keep one from beginning, so all
 * snapshots of rebuilds are later than this one.
 * @returns how many were dropped
 */
export async function dropBacklog(db: MariaDb, snapshots: Snapshots): Promise<number> {
  let dropped = 0;
  for (const table of await readChangeTables(db)) {
    const from = (after: string) => [{ table, after }];
    dropped += await forgetRows(
      () => snapshots.open({ views: [], tables: [table.name] }),
      async (connection, after) =>
        (await readChanges(connection, from(after), DROP_CHUNK)).map(({ id }) => id),
      (ids) =>
        readCommitted(db, async (connection) => {
          if (!(await holdUntouched(connection, [...table.views.keys()]))) return false;
          await deleteChanges(
            connection,
            ids.map((id) => ({ table, id, loggedAt: "" })),
          );
          return true;
        }),
    );
  }
  return dropped;
}

/**
 * Whether the queue of a model holds more rows than the model has documents, and not few: from there on evaluating
 * each document once is cheaper than working the queue off.
 */
export async function isBeyondRebuild(
  db: MariaDb,
  mongo: MongoDb,
  model: DocumentModel,
  collection: string,
): Promise<boolean> {
  return isQueueLongerThan(db, model, Math.max(SHORT_QUEUE, await countDocuments(mongo, collection)));
}

/**
 * Forgets the queue of a model that one snapshot shows, and asks for a rebuild instead, in the same transaction: its
 * snapshots are later. Nobody reads the mirror of the model until it is done, and verification leaves it alone:
 * nothing tells any more which documents are late. Not to be called while batches of the queue are in flight.
 * @returns how many rows were forgotten
 */
export async function turnIntoRebuild(
  db: MariaDb,
  snapshots: Snapshots,
  model: DocumentModel,
): Promise<number> {
  return forgetRows(
    () => snapshots.open({ views: [], tables: [] }),
    (connection, after) => readPendingIds(connection, model, after, DROP_CHUNK),
    (ids, isFirst) =>
      readCommitted(db, async (connection) => {
        // Once: another loader may have begun the rebuild meanwhile, after this snapshot too.
        if (isFirst) await distrustMirrorOf(connection, [model.name]);
        await deletePending(connection, ids);
        return true;
      }),
  );
}

/** Forgets the rows that one snapshot shows, page by page, until `forget` refuses to; returns how many. */
async function forgetRows(
  open: () => Promise<Snapshot>,
  read: (connection: MariaDbConnection, after: string) => Promise<readonly string[]>,
  forget: (ids: readonly string[], isFirst: boolean) => Promise<boolean>,
): Promise<number> {
  const snapshot = await open();
  let forgotten = 0;
  for (let after = "0"; ; ) {
    const ids = await read(snapshot.connection, after);
    const last = ids.at(-1);
    if (last === undefined || !(await forget(ids, forgotten === 0))) break;
    forgotten += ids.length;
    after = String(last);
  }
  await snapshot.release();
  return forgotten;
}
