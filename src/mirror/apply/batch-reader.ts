import { otherShape, readStandings, type Standing } from "../../core/model-state.ts";
import { type InFlight, readNewestPending, readPending } from "../../core/pending-queue.ts";
import type { Rebuild } from "../../core/rebuild.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { BatchPosition } from "../../stores/mongodb/mirror-records.ts";
import type { Snapshot, Snapshots } from "../snapshots.ts";
import type { Batch } from "./apply-batch.ts";
import { type Goal, judgeCompleteness } from "./completeness.ts";
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

/** How far the ranges of a rebuild were read. */
interface RangeState {
  readonly rebuild: Rebuild | null;
  readonly cursor: DocumentId | null;
  /** The last range was read. */
  readonly isOver: boolean;
}

/** Goes on where it is, or, in a rebuild that was not read yet, where that says. */
const follow = (range: RangeState, rebuild: Rebuild | null): RangeState =>
  rebuild?.from === range.rebuild?.from
    ? { ...range, rebuild }
    : { rebuild, cursor: rebuild?.cursor ?? null, isOver: false };

const noChanges = { pendingIds: [], since: null, complete: null, range: null };

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
  const inFlight = { rows: new Set<string>(), documents: new Set<DocumentId>() };
  let range: RangeState = { rebuild: null, cursor: null, isOver: false };
  let prefersChanges = true;
  let goal: Goal | undefined;

  const readChanges = async (snapshot: Snapshot, resolved: bigint, flying: InFlight) => {
    const { connection } = snapshot;
    const pending = await readPending(connection, model, model.batch, flying);
    const judged = judgeCompleteness(goal, pending, resolved);
    const row = judged.needsGoal ? await readNewestPending(connection, model) : null;
    goal = row === null ? judged.goal : { position: resolved, row };
    if (pending.documentIds.length === 0) return { pending, batch: undefined };
    const read = await readEntries(connection, model, pending.documentIds);
    const standing = await readStanding(snapshot, model, collection);
    await snapshot.release();
    for (const id of pending.pendingIds) inFlight.rows.add(id);
    for (const id of pending.documentIds) inFlight.documents.add(id);
    const { pendingIds, since } = pending;
    const { complete } = judged;
    return { pending, batch: { ...read, ...standing, pendingIds, since, complete, range: null } };
  };

  const readNextRange = async (snapshot: Snapshot, rebuild: Rebuild): Promise<Batch | undefined> => {
    const read = await readRange(snapshot.connection, model, range.cursor, model.batch);
    const standing = await readStanding(snapshot, model, collection);
    await snapshot.release();
    const cursor = read.last ?? range.cursor;
    range = { rebuild, cursor, isOver: read.isEnd };
    const isEmpty = read.entries.length === 0 && read.invalid.size === 0;
    return isEmpty ? undefined : { ...read, ...noChanges, ...standing, range: { rebuild, cursor } };
  };

  return {
    async read(snapshots, wanted) {
      range = follow(range, wanted.rebuild);
      // Taken before the snapshot is opened, which then shows what that cycle appended.
      const resolved = exhausted();
      // As it is before the snapshot: a batch that lands after that still has its rows in it.
      const flying = { rows: new Set(inFlight.rows), documents: new Set(inFlight.documents) };
      const snapshot = await snapshots.open({ views: [model.name], tables: [] });
      let hasMore = wanted.changes;
      if (wanted.changes && (prefersChanges || !range.rebuild)) {
        const { pending, batch } = await readChanges(snapshot, resolved, flying);
        hasMore = !pending.isWhole;
        prefersChanges = batch === undefined;
        if (batch) return { batch, hasMore, isRangeEnd: false };
      }
      prefersChanges = true;
      if (range.rebuild && !range.isOver) {
        const batch = await readNextRange(snapshot, range.rebuild);
        return { batch, hasMore, isRangeEnd: batch === undefined };
      }
      await snapshot.release();
      return { batch: undefined, hasMore, isRangeEnd: range.isOver };
    },
    async readThese(snapshots, ids) {
      const snapshot = await snapshots.open({ views: [model.name], tables: [] });
      const read = await readEntries(snapshot.connection, model, ids);
      const standing = await readStanding(snapshot, model, collection);
      await snapshot.release();
      return { ...read, ...noChanges, ...standing };
    },
    landed(batch) {
      for (const id of batch.pendingIds) inFlight.rows.delete(id);
      for (const { id } of batch.entries) inFlight.documents.delete(id);
      for (const id of batch.invalid.keys()) inFlight.documents.delete(id);
    },
  };
}

/** Where this snapshot's documents of the model go. @throws VitrineError UNHEALTHY when it is of another shape */
async function readStanding(
  snapshot: Snapshot,
  model: DocumentModel,
  collection: string | undefined,
): Promise<Pick<Batch, "position" | "hasRejected">> {
  const standing = (await readStandings(snapshot.connection, [model])).get(model);
  const isOwn = collection === undefined || standing?.collection === collection;
  if (standing && isOwn)
    return { position: toBatchPosition(snapshot, standing), hasRejected: standing.hasRejected };
  // Its lock on nothing ends here, not at the server's time-out: the connection is used again.
  await snapshot.release();
  throw otherShape(model);
}

/** Where and as what the documents of a snapshot are written. */
export const toBatchPosition = (
  { position }: Snapshot,
  { acked, collection }: Pick<Standing, "acked" | "collection">,
): BatchPosition => ({ ...position, acked, collection });
