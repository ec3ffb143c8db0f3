import { VitrineError } from "../errors.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { MariaDb, MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";

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
}

type StateRow = Record<"model" | "shape_hash" | "acked" | "complete", string> & {
  readonly rebuild_status: ModelState["rebuildStatus"];
  readonly rebuild_from: string | null;
  readonly rebuild_cursor: string | null;
  readonly rebuilt_at: string | null;
};

/** The state of every model that was ever mirrored, by name. */
export async function readStates(db: Queryable): Promise<ReadonlyMap<string, ModelState>> {
  const rows = await db.query<StateRow>(
    `select model, shape_hash, acked, complete, rebuild_status, rebuild_from, rebuild_cursor, rebuilt_at
    from mirror_state`,
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
});

/** The error of a loader whose definition of a model is not the recorded one: it must not write. */
export const otherShape = (model: DocumentModel): VitrineError =>
  new VitrineError(
    "UNHEALTHY",
    `${model.name}: its documents are mirrored in another shape. Update this loader, or run \`vitrine rebuild ${model.name}\`.`,
  );

/** Makes a row for each model that has none: a new model is to be rebuilt. */
export async function createStates(db: MariaDb, models: readonly DocumentModel[]): Promise<void> {
  if (models.length === 0) return;
  const rows = models.map((model) => [model.name, shapeHash(model)]);
  await db.run("insert ignore into mirror_state (model, shape_hash) values ?", [rows]);
}

/**
 * Notes that everything which these models owed to position `n` is durable in the mirror. False when another shape of
 * one of them is recorded: a loader with that shape will write it again.
 */
export async function noteAcked(
  connection: Pick<MariaDbConnection, "run">,
  models: readonly DocumentModel[],
  n: bigint,
): Promise<boolean> {
  if (models.length === 0) return true;
  const own = models.map((model) => [model.name, shapeHash(model)]);
  const { affectedRows } = await connection.run(
    "update mirror_state set acked = greatest(acked, ?) where (model, shape_hash) in (?)",
    [n, own],
  );
  return affectedRows === models.length;
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

/** Has them rebuilt by whoever knows them: changes are forgotten that may have touched them. */
export async function distrustStrangers(
  connection: Pick<MariaDbConnection, "run">,
  strangers: readonly string[],
): Promise<void> {
  if (strangers.length === 0) return;
  await connection.run(
    `update mirror_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null,
      rebuilt_at = null where model in (?)`,
    [strangers],
  );
}

/**
 * Asks for a rebuild from the first document, in the shape of this definition; one that runs begins again.
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
        rebuilt_at = if(? or shape_hash <> ?, null, rebuilt_at), shape_hash = ? where model = ?`,
      [options.distrust ? 1 : 0, shapeHash(model), shapeHash(model), model.name],
    );
}
