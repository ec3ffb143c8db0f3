import type { DocumentId, DocumentModel } from "../models/model.ts";
import { NO_ID } from "../stores/conversion/document-id.ts";
import type { MariaDb, MariaDbConnection } from "../stores/mariadb/mariadb.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import { forgetDead, retryDead } from "./dead-letters.ts";
import { type ModelState, readOwnState } from "./model-state.ts";
import { readCommitted } from "./sql-faults.ts";

/** A rebuild under way: what names it, and how far it is. */
export interface Rebuild {
  /** A position before its first snapshot; two rebuilds with the same one see the same changes. */
  readonly from: bigint;
  readonly cursor: DocumentId | null;
}

/**
 * The rebuild to go on with, begun when one is needed; undefined when none is. Its beginning is committed
 * before its first snapshot is opened: whoever drops changes because all models are still to be rebuilt
 * (dropBacklog) does so before, and the rebuild sees them.
 * @throws VitrineError UNHEALTHY when another shape of the model is recorded
 */
export async function takeRebuild(db: MariaDb, model: DocumentModel): Promise<Rebuild | undefined> {
  const found = await readOwnState(db, model);
  // Every second by every model: nothing is written as long as there is nothing to begin.
  if (found.rebuildStatus !== "needed") return toRebuild(found);
  const { affectedRows } = await db.run(
    `update mirror_state set rebuild_status = 'running', rebuild_cursor = null,
      rebuild_from = (select n from mirror_position)
    where model = ? and rebuild_status = 'needed' and shape_hash = ?`,
    [model.name, shapeHash(model)],
  );
  // It finds rows without an id again, if there are any: no change ever names them.
  if (affectedRows > 0) await forgetDead(db, model, [NO_ID]);
  return toRebuild(await readOwnState(db, model));
}

const toRebuild = (state: ModelState): Rebuild | undefined =>
  state.rebuildStatus === "running" && state.rebuildFrom !== null
    ? { from: state.rebuildFrom, cursor: state.rebuildCursor }
    : undefined;

/** Notes how far a rebuild is; false when it is not this one any more. */
export async function saveCursor(
  connection: MariaDbConnection,
  model: DocumentModel,
  rebuild: Rebuild,
  cursor: DocumentId | null,
): Promise<boolean> {
  const { affectedRows } = await connection.run(
    `update mirror_state set rebuild_cursor = ?
    where model = ? and rebuild_status = 'running' and rebuild_from = ?`,
    [cursor, model.name, rebuild.from],
  );
  return affectedRows === 1;
}

/**
 * Ends a rebuild: the mirror holds every document, each as of a snapshot later than `from`, so it shows everything
 * before it. False when it is not this one any more. What was put aside, now or before, is asked for once more: its rows
 * may be gone, and another loader may have read a later state. This is the moment from which readers of a new shape read what
 * was built, in place or beside, and those of the one before do not: one row, so there is nothing between.
 */
export async function finishRebuild(db: MariaDb, model: DocumentModel, rebuild: Rebuild): Promise<boolean> {
  return readCommitted(db, async (connection) => {
    const { affectedRows } = await connection.run(
      `update mirror_state set rebuild_status = 'done', rebuild_cursor = null, rebuilt_at = utc_timestamp(3),
      complete = greatest(complete, rebuild_from), held_shape = null, former_collection = null
    where model = ? and rebuild_status = 'running' and rebuild_from = ? and shape_hash = ?`,
      [model.name, rebuild.from, shapeHash(model)],
    );
    if (affectedRows === 1) await retryDead(connection, model);
    return affectedRows === 1;
  });
}
