import { otherShape, readStandings, type Standing } from "../../core/model-state.ts";
import { type InFlight, readNewestPending, readPending } from "../../core/pending-queue.ts";
import type { Rebuild } from "../../core/rebuild.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { MariaDbConnection } from "../../stores/mariadb/mariadb.ts";
import type { BatchPosition } from "../../stores/mongodb/mirror-records.ts";
import type { Snapshot, Snapshots } from "../snapshots.ts";
import type { Batch } from "./apply-batch.ts";
import { readEntries, readRange } from "./read-entries.ts";

/** What there was to read. */
export interface Next {
  /** Undefined when there was nothing. */
  readonly batch: Batch | undefined;
  /** More changes are in the queue than were taken. */
  readonly hasMore: boolean;
  /** The rebuild has no range left. */
  readonly isRangeEnd: boolean;
}

export interface BatchReader {
  /** Reads changes or a range of the rebuild, by turns when there are both, in a snapshot of its own. */
  read(
    snapshots: Snapshots,
    wanted: { readonly changes: boolean; readonly rebuild: Rebuild | null },
  ): Promise<Next>;
  /** Reads these documents, whatever asks for them. */
  readThese(snapshots: Snapshots, ids: readonly DocumentId[]): Promise<Batch>;
  /** A batch is acknowledged, or has failed: its rows may be read again. */
  landed(batch: Batch): void;
}

/**
 * Reads the batches of one model, and remembers what is in flight. Throws when a snapshot shows that the model is not
 * mirrored in this shape any more: so whatever a loader of another shape writes is older than the rebuild that
 * replaces it. `collection`: where documents must go; default: wherever a snapshot says.
 */
export function createBatchReader(
  model: DocumentModel,
  exhausted: () => bigint,
  collection?: string,
): BatchReader {
  const size = model.batch;
  const rows = new Set<string>();
  const documents = new Set<DocumentId>();
  let current: Rebuild | null = null;
  let cursor: DocumentId | null = null;
  /** The rebuild's last range was read. */
  let isOver = false;
  let isChangesTurn = true;
  // Under a steady stream the queue is never empty: everything up to a row that was its end once is applied
  // when that row and all before it are gone.
  let goal: { readonly position: bigint; readonly row: bigint } | undefined;

  const readOwnStanding = async (snapshot: Snapshot) => {
    const standing = (await readStandings(snapshot.connection, [model])).get(model);
    const isOwn = collection === undefined || standing?.collection === collection;
    if (standing && isOwn)
      return { position: toBatchPosition(snapshot, standing), hasDead: standing.hasRejected };
    // Its lock on nothing ends here, not at the server's time-out: the connection is used again.
    await snapshot.release();
    throw otherShape(model);
  };

  const readChanges = async (connection: MariaDbConnection, resolved: bigint, flying: InFlight) => {
    const pending = await readPending(connection, model, size, flying);
    let complete: bigint | null = null;
    if (goal && (pending.oldestId === null || pending.oldestId > goal.row)) {
      complete = goal.position;
      goal = undefined;
    }
    if (pending.isWhole) {
      complete = resolved;
      goal = undefined;
    } else if (!goal && resolved > 0n) {
      const row = await readNewestPending(connection, model);
      if (row !== null) goal = { position: resolved, row };
    }
    return { pending, complete };
  };

  return {
    async read(snapshots, wanted) {
      if (wanted.rebuild?.from !== current?.from) {
        cursor = wanted.rebuild?.cursor ?? null;
        isOver = false;
      }
      current = wanted.rebuild;
      // Taken before the snapshot is opened, which then shows what that cycle appended.
      const resolved = exhausted();
      // As it is before the snapshot: a batch that lands after that still has its rows in it.
      const flying = { rows: new Set(rows), documents: new Set(documents) };
      const snapshot = await snapshots.open();
      const { connection } = snapshot;
      const none = { pendingIds: [], since: null, complete: null, range: null };
      let hasMore = wanted.changes;
      if (wanted.changes && (isChangesTurn || !current)) {
        const { pending, complete } = await readChanges(connection, resolved, flying);
        hasMore = !pending.isWhole;
        if (pending.documentIds.length > 0) {
          isChangesTurn = false;
          const read = await readEntries(connection, model, pending.documentIds);
          const standing = await readOwnStanding(snapshot);
          await snapshot.release();
          for (const id of pending.pendingIds) rows.add(id);
          for (const id of pending.documentIds) documents.add(id);
          const { pendingIds, since } = pending;
          const batch = { ...read, ...none, ...standing, pendingIds, since, complete };
          return { batch, hasMore, isRangeEnd: false };
        }
      }
      isChangesTurn = true;
      if (!current || isOver) {
        await snapshot.release();
        return { batch: undefined, hasMore, isRangeEnd: isOver };
      }
      const read = await readRange(connection, model, cursor, size);
      const standing = await readOwnStanding(snapshot);
      await snapshot.release();
      isOver = read.isEnd;
      if (isOver && read.invalid.size === 0) return { batch: undefined, hasMore, isRangeEnd: true };
      cursor = read.last ?? cursor;
      const range = { rebuild: current, cursor };
      return { batch: { ...read, ...none, ...standing, range }, hasMore, isRangeEnd: false };
    },
    async readThese(snapshots, ids) {
      const snapshot = await snapshots.open();
      const read = await readEntries(snapshot.connection, model, ids);
      const standing = await readOwnStanding(snapshot);
      await snapshot.release();
      return { ...read, ...standing, pendingIds: [], since: null, complete: null, range: null };
    },
    landed(batch) {
      for (const id of batch.pendingIds) rows.delete(id);
      for (const { id } of batch.entries) documents.delete(id);
      for (const id of batch.invalid.keys()) documents.delete(id);
    },
  };
}

/** Where and as what the documents of a snapshot are written. */
export const toBatchPosition = (
  { position }: Snapshot,
  { acked, collection }: Pick<Standing, "acked" | "collection">,
): BatchPosition => ({ ...position, acked, collection });
