import type { DocumentId, DocumentModel } from "../models/model.ts";
import { NO_ID } from "../stores/conversion/document-id.ts";
import type { MariaDb, MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import { type ModelState, readOwnState } from "./model-state.ts";
import { readCommitted } from "./read-committed.ts";
import { forgetRejected, retryRejected } from "./rejected-documents.ts";

/** A rebuild from the first document is to begin; one that runs begins again. Columns of `vitrine_state`. */
export const toBeRebuilt = "rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null";

/** Beside: nobody may read what the mirror holds before. Columns of `vitrine_state`. */
export const distrusted = `${toBeRebuilt}, rebuilt_at = null, former_collection = null`;

/** Asks for a rebuild of these models from the first document, in the shape that is recorded. */
export async function requestRebuild(
  db: Pick<Queryable, "run">,
  models: readonly DocumentModel[],
): Promise<void> {
  if (models.length === 0) return;
  const names = models.map((model) => model.name);
  await db.run(`update vitrine_state set ${toBeRebuilt} where model in (?)`, [names]);
}

/**
 * What the mirror holds of these models (null: of every one) may be wrong: they are to be rebuilt, by whoever knows
 * them, and no query may read their mirror before.
 */
export async function distrustMirrorOf(
  db: Pick<Queryable, "run">,
  models: readonly string[] | null,
): Promise<void> {
  if (models?.length === 0) return;
  await db.run(
    `update vitrine_state set ${distrusted}
    where ${models === null ? "true" : "model in (?)"}`,
    models === null ? [] : [models],
  );
}

/**
 * Whether all of these models are still to be rebuilt from their first document; if so nobody may read what the mirror holds
 * of them. Their rows stay locked until the end of the transaction: no rebuild begins before.
 */
export async function holdUntouched(
  connection: MariaDbConnection,
  models: readonly string[],
): Promise<boolean> {
  if (models.length === 0) return true;
  // Not what readers of fewer fields go on reading meanwhile.
  const states = await connection.query<{ is_needed: number }>(
    `select rebuild_status = 'needed' and (held_shape is null or rebuilt_at is null) as is_needed
    from vitrine_state where model in (?) for update`,
    [models],
  );
  // One without a row was never mirrored: whoever begins with it sees all that is committed by now.
  const isAll = states.every((state) => state.is_needed === 1);
  if (isAll) await connection.run("update vitrine_state set rebuilt_at = null where model in (?)", [models]);
  return isAll;
}

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
    `update vitrine_state set rebuild_status = 'running', rebuild_cursor = null,
      rebuild_from = (select n from vitrine_position)
    where model = ? and rebuild_status = 'needed' and shape_hash = ?`,
    [model.name, shapeHash(model)],
  );
  // It finds rows without an id again, if there are any: no change ever names them.
  if (affectedRows > 0) await forgetRejected(db, model, [NO_ID]);
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
    `update vitrine_state set rebuild_cursor = ?
    where model = ? and rebuild_status = 'running' and rebuild_from = ?`,
    [cursor, model.name, rebuild.from],
  );
  return affectedRows === 1;
}

/**
 * Ends a rebuild: the mirror holds every document, each as of a snapshot later than `from`, so it shows everything
 * before it. False when it is not this one any more. What was rejected, now or before, is asked for once more: its rows
 * may be gone, and another loader may have read a later state. This is the moment from which readers of a new shape read what
 * was built, in place or beside, and those of the one before do not: one row, so there is nothing between.
 */
export async function finishRebuild(db: MariaDb, model: DocumentModel, rebuild: Rebuild): Promise<boolean> {
  return readCommitted(db, async (connection) => {
    const { affectedRows } = await connection.run(
      `update vitrine_state set rebuild_status = 'done', rebuild_cursor = null, rebuilt_at = utc_timestamp(3),
      complete = greatest(complete, rebuild_from), held_shape = null, former_collection = null
    where model = ? and rebuild_status = 'running' and rebuild_from = ? and shape_hash = ?`,
      [model.name, rebuild.from, shapeHash(model)],
    );
    if (affectedRows === 1) await retryRejected(connection, model);
    return affectedRows === 1;
  });
}
