import type { DocumentModel } from "../models/model.ts";
import type { MariaDb, Queryable } from "../stores/mariadb/mariadb.ts";
import { deleteChanges, readChanges } from "./change-queue.ts";
import { requestRebuild } from "./model-state.ts";
import { appendPending } from "./pending-queue.ts";
import type { Snapshots } from "./snapshots.ts";
import { readCommitted } from "./sql-faults.ts";
import { readTouched } from "./touched.ts";

/** What one cycle of the resolver did. */
export interface Resolved {
  readonly position: bigint;
  /** Changes taken from the log. */
  readonly changes: number;
  /** True when the snapshot shows no other change: everything committed before it is in the queues. */
  readonly isExhausted: boolean;
  /** The largest id taken, or where the cycle began. */
  readonly lastId: string;
  /** Rows appended to the queue of each model that is touched. */
  readonly touched: ReadonlyMap<string, number>;
  /** Models whose touched view failed, with the error: they are to be rebuilt. */
  readonly failed: ReadonlyMap<DocumentModel, unknown>;
}

/**
 * Takes the first `limit` changes after `after` from the log, asks every model which documents they touch,
 * and moves them to the queues in one transaction. Whatever happens before its commit, the changes are still
 * in the log. A model whose touched view fails cannot say what the changes touch: it is to be rebuilt, and
 * the others go on.
 */
export async function resolveChanges(
  db: MariaDb,
  snapshots: Snapshots,
  models: readonly DocumentModel[],
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<Resolved> {
  const snapshot = await snapshots.open();
  const changes = await readChanges(snapshot.connection, after, limit);
  const { touched, failed } = await readTouched(snapshot.connection, models, changes);
  await snapshot.release();
  if (changes.length > 0)
    await readCommitted(db, async (connection) => {
      await appendPending(connection, touched);
      await requestRebuild(connection, [...failed.keys()], { distrust: true });
      await deleteChanges(
        connection,
        changes.map((change) => change.id),
      );
    });
  return {
    position: snapshot.position.n,
    changes: changes.length,
    isExhausted: after === "0" && changes.length < limit,
    lastId: changes.at(-1)?.id ?? after,
    touched: new Map([...touched].map(([model, documents]) => [model.name, documents.length])),
    failed,
  };
}

/**
 * Notes for every model with an empty queue that its mirror shows everything before position `n`. To be
 * called after a cycle at `n` that left nothing in the log: what it appended has then been acknowledged.
 */
export async function markComplete(db: MariaDb, n: bigint): Promise<void> {
  await readCommitted(db, (connection) =>
    connection.run(
      `update mirror_state set complete = ? where complete < ? and not exists (
        select 1 from mirror_pending where mirror_pending.model = mirror_state.model)`,
      [n, n],
    ),
  );
}

/** What there is to do, asked without a snapshot. */
export interface Hint {
  /** Whether a change after the given one is in the log. */
  readonly hasChanges: boolean;
  /** The largest position that was given to a reader as a token. */
  readonly wanted: bigint;
  /** The smallest `complete` of a model that may be read; null when there is none. */
  readonly complete: bigint | null;
}

/** Asks for a hint. `after` skips the head of the log, where deleted rows may lie (23 ms per million, measured). */
export async function readHint(
  db: Queryable,
  models: readonly DocumentModel[],
  after: string,
): Promise<Hint> {
  const [row] = await db.query<{ has_changes: number | null; wanted: string; complete: string | null }>(
    `select
      (select 1 from change_log where change_id > cast(? as unsigned) order by change_id limit 1) as has_changes,
      (select wanted from mirror_position) as wanted,
      (select min(complete) from mirror_state where rebuilt_at is not null and model in (?)) as complete`,
    // Only of these models: one that nobody mirrors is never complete, and must not be waited for.
    [after, ["", ...models.map((model) => model.name)]],
  );
  return {
    hasChanges: row?.has_changes === 1,
    wanted: BigInt(row?.wanted ?? 0),
    complete: row?.complete == null ? null : BigInt(row.complete),
  };
}
