import { noteAcked } from "../../core/acknowledge.ts";
import { type Change, deleteChanges, readChanges } from "../../core/change-log.ts";
import { readModelsOfOtherReleases } from "../../core/model-state.ts";
import { appendPending, type Touched } from "../../core/pending-queue.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { FastBatch, FastPath } from "../lanes/fast.ts";
import type { Snapshots } from "../snapshots.ts";
import { readTouched } from "./touched.ts";

/** What a cycle of the resolver has read in its snapshot, and is to be landed. */
export interface Cycle {
  readonly position: bigint;
  readonly changeIds: readonly string[];
  /** The one change of this cycle, which touches too much to be held: what it touches is still to be read. */
  readonly big: Change | null;
  readonly touched: ReadonlyMap<DocumentModel, readonly Touched[]>;
  /** Models whose touched view failed, with the error: they are to be rebuilt. */
  readonly failed: ReadonlyMap<DocumentModel, unknown>;
  readonly fast: readonly FastBatch[];
  /** Models of other releases that are mirrored already: nobody has asked what the changes touch of them. */
  readonly others: readonly string[];
  /** True when there may be more: a backlog. */
  readonly isFull: boolean;
  /** True when the snapshot shows no change but those of this cycle and those in flight. */
  readonly isExhausted: boolean;
}

/** What one cycle of the resolver did. */
export interface Resolved extends Pick<Cycle, "position" | "isExhausted" | "failed"> {
  /** Changes taken from the log. */
  readonly changes: number;
  /** Rows appended to the queue of each model that is touched and did not take the fast path. */
  readonly queued: ReadonlyMap<string, number>;
}

/** Rows of touched views that one cycle holds, so that memory stays flat. */
const MOST_TOUCHED = 20_000;

/**
 * Reads the first `limit` changes after `after` that are not in flight, and asks every model which documents they
 * touch, all in one snapshot; of few documents it reads those as well that can take the fast path. Of changes that
 * touch very much it takes fewer.
 */
export async function readCycle(
  snapshots: Snapshots,
  models: readonly DocumentModel[],
  options: {
    readonly after: string;
    readonly limit: number;
    /** Ids of changes that were read, and may still be in the log. */
    readonly inFlight: ReadonlySet<string>;
    readonly fast?: FastPath;
  },
): Promise<Cycle> {
  const { after, limit, inFlight, fast } = options;
  // As it is before the snapshot: a change that lands after that is still in it.
  const flying = new Set(inFlight);
  const snapshot = await snapshots.open();
  const most = limit + flying.size;
  const found = await readChanges(snapshot.connection, after, most);
  let changes = found.filter((change) => !flying.has(change.id)).slice(0, limit);
  const others = changes.length === 0 ? [] : await readModelsOfOtherReleases(snapshot.connection, models);
  let isFull = changes.length === limit;
  const ask = () => readTouched(snapshot.connection, models, changes, MOST_TOUCHED);
  let { touched, failed, isTooMuch } = await ask();
  while (isTooMuch && changes.length > 1) {
    changes = changes.slice(0, Math.ceil(changes.length / 4));
    isFull = true;
    ({ touched, failed, isTooMuch } = await ask());
  }
  // In a backlog the queues are cheaper: they evaluate each document once.
  const read = fast && !isFull ? await fast.read(snapshot, touched) : [];
  await snapshot.release();
  return {
    position: snapshot.position.n,
    changeIds: changes.map((change) => change.id),
    big: isTooMuch ? (changes[0] ?? null) : null,
    touched,
    failed,
    fast: read,
    others,
    isFull,
    isExhausted: after === "0" && found.length < most && !isFull,
  };
}

/**
 * Writes what takes the fast path, then in one transaction moves the rest to the queues and deletes exactly the
 * changes of the cycle. Whatever happens before its commit, they are still in the log. A model whose touched view
 * failed cannot say what the changes touch: it is to be rebuilt, and the others go on. So is a model of another
 * release, which this loader does not know.
 */
export async function landCycle(db: MariaDb, cycle: Cycle, fast?: FastPath): Promise<Resolved> {
  const durable = fast ? await fast.write(cycle.fast) : [];
  let queued = cycle.touched;
  if (cycle.changeIds.length > 0)
    await readCommitted(db, async (connection) => {
      const unknown = [...cycle.failed.keys()].map((model) => model.name);
      await distrustMirrorOf(connection, [...unknown, ...cycle.others]);
      const isWritten = (model: DocumentModel) => durable.some((written) => written.model === model);
      if (await noteAcked(connection, durable, cycle.position))
        queued = new Map([...queued].filter(([model]) => !isWritten(model)));
      await appendPending(connection, queued);
      await deleteChanges(connection, cycle.changeIds);
    });
  return {
    ...cycle,
    changes: cycle.changeIds.length,
    queued: new Map([...queued].map(([model, documents]) => [model.name, documents.length])),
  };
}
