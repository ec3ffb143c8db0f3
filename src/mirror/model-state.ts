import { VitrineError } from "../errors.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { MariaDb, MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import type { MirrorRoute } from "../stores/mongodb/mirror-routes.ts";
import { shapeHash, shapeText } from "../stores/mongodb/mirror-schema.ts";

/** A row of `mirror_state`. */
export interface ModelState {
  readonly model: string;
  readonly shapeHash: string;
  readonly acked: bigint;
  readonly complete: bigint;
  readonly rebuildStatus: "needed" | "running" | "done";
  /** Position of the rebuild's first snapshot. */
  readonly rebuildFrom: bigint | null;
  readonly rebuildCursor: DocumentId | null;
  /** Null while the mirror must not be trusted. */
  readonly rebuiltAt: string | null;
  /** Where its documents are written. */
  readonly collection: string;
  /** What `shapeHash` is the hash of; null: recorded by an earlier version. */
  readonly shape: string | null;
  /** While a rebuild adds fields: what every document has all the while. Null: all of `shape`. */
  readonly heldShape: string | null;
  /** While a collection is built beside: the one before, and what its documents have. */
  readonly former: { readonly collection: string; readonly shape: string | null } | null;
}

type StateRow = Record<"model" | "shape_hash" | "acked" | "complete" | "collection", string> & {
  readonly rebuild_status: ModelState["rebuildStatus"];
  readonly rebuild_from: string | null;
  readonly rebuild_cursor: string | null;
  readonly rebuilt_at: string | null;
  readonly shape: string | null;
  readonly held_shape: string | null;
  readonly former_collection: string | null;
  readonly former_shape: string | null;
};

/** The state of every model that was ever mirrored, or of one, by name. */
export async function readStates(
  db: Queryable,
  only?: DocumentModel,
): Promise<ReadonlyMap<string, ModelState>> {
  const rows = await db.query<StateRow>(
    `select model, shape_hash, acked, complete, rebuild_status, rebuild_from, rebuild_cursor, rebuilt_at,
      collection, shape, held_shape, former_collection, former_shape
    from mirror_state where ? is null or model = ?`,
    [only?.name ?? null, only?.name ?? null],
  );
  return new Map(rows.map((row) => [row.model, toState(row)]));
}

const toState = (row: StateRow): ModelState => ({
  model: row.model,
  shapeHash: row.shape_hash,
  acked: BigInt(row.acked),
  complete: BigInt(row.complete),
  rebuildStatus: row.rebuild_status,
  rebuildFrom: row.rebuild_from === null ? null : BigInt(row.rebuild_from),
  rebuildCursor: row.rebuild_cursor,
  rebuiltAt: row.rebuilt_at,
  collection: row.collection,
  shape: row.shape,
  heldShape: row.held_shape,
  former:
    row.former_collection === null ? null : { collection: row.former_collection, shape: row.former_shape },
});

/** Where the documents are written and read that a state speaks of. */
export function toRoute(state: ModelState): MirrorRoute {
  const { collection, shape, former } = state;
  const isHeld = state.rebuildStatus === "done" || state.rebuiltAt !== null;
  const held = { collection, shape: state.heldShape ?? shape };
  // A mirror that is not whole yet is read where it grows, when there is nothing before it.
  return { reads: isHeld ? held : (former ?? held), writes: collection };
}

/** The error of a loader whose definition of a model is not the recorded one: it must not write. */
export const otherShape = (model: DocumentModel): VitrineError =>
  new VitrineError(
    "UNHEALTHY",
    `${model.name}: its documents are mirrored in another shape. Update this loader, or run \`vitrine rebuild ${model.name}\`.`,
  );

/** The state of a model that this definition may write. @throws VitrineError UNHEALTHY when it may not */
export async function readOwnState(db: Queryable, model: DocumentModel): Promise<ModelState> {
  const state = (await readStates(db, model)).get(model.name);
  if (state?.shapeHash !== shapeHash(model)) throw otherShape(model);
  return state;
}

/** Makes a row for each model that has none: a new model is to be rebuilt. */
export async function createStates(db: MariaDb, models: readonly DocumentModel[]): Promise<void> {
  if (models.length === 0) return;
  const rows = models.map((model) => [model.name, shapeHash(model), shapeText(model)]);
  await db.run("insert ignore into mirror_state (model, shape_hash, shape) values ?", [rows]);
  for (const model of models)
    await db.run("update mirror_state set shape = ? where model = ? and shape_hash = ? and shape is null", [
      shapeText(model),
      model.name,
      shapeHash(model),
    ]);
}

/** Where documents of a model were written. */
export interface Written {
  readonly model: DocumentModel;
  readonly collection: string;
}

/**
 * Notes that everything which these models owed to position `n` is durable in the collections that it was written to,
 * and, where it is known, that they are complete up to another. False when that is not noted of one of them: another
 * shape or collection is recorded, so that a loader with that shape will write it again.
 */
export async function noteAcked(
  connection: Pick<MariaDbConnection, "run">,
  written: readonly Written[],
  n: bigint,
  complete = 0n,
): Promise<boolean> {
  if (written.length === 0) return true;
  // Not `(model, …) in (…)`, which finds no row by the key.
  const own = written.map(() => "model = ? and shape_hash = ? and collection = ?");
  const { affectedRows } = await connection.run(
    `update mirror_state set acked = greatest(acked, ?), complete = greatest(complete, ?)
    where ${own.join(" or ")}`,
    [n, complete, ...written.flatMap(({ model, collection }) => [model.name, shapeHash(model), collection])],
  );
  return affectedRows === written.length;
}

/**
 * The models that this snapshot shows as mirrored, or being rebuilt, beside these: those of another release. One whose
 * rebuild begins after the snapshot has seen everything that the snapshot shows.
 */
export async function readStrangers(
  connection: Queryable,
  models: readonly DocumentModel[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ model: string }>(
    "select model from mirror_state where rebuild_status <> 'needed' and model not in (?)",
    [["", ...models.map((model) => model.name)]],
  );
  return rows.map((row) => row.model);
}

/**
 * Asks for a rebuild from the first document, in the shape that is recorded; one that runs begins again.
 * `distrust`: what the mirror holds of these models may be wrong, so no query may read it until then.
 */
export async function requestRebuild(
  connection: Pick<MariaDbConnection, "run">,
  models: readonly DocumentModel[],
  options: { readonly distrust: boolean } = { distrust: false },
): Promise<void> {
  for (const model of models)
    await connection.run(
      `update mirror_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null,
        rebuilt_at = if(?, null, rebuilt_at), former_collection = if(?, null, former_collection)
      where model = ?`,
      [options.distrust ? 1 : 0, options.distrust ? 1 : 0, model.name],
    );
}
