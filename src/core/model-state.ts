import { VitrineError } from "../errors.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { MirrorRoute } from "../stores/mongodb/mirror-routes.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";

/** A row of `vitrine_state`. */
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
    from vitrine_state where ? is null or model = ?`,
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

/**
 * The models that this snapshot shows as mirrored, or being rebuilt, beside these: those of another release. One whose
 * rebuild begins after the snapshot has seen everything that the snapshot shows.
 */
export async function readModelsOfOtherReleases(
  connection: Queryable,
  models: readonly DocumentModel[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ model: string }>(
    "select model from vitrine_state where rebuild_status <> 'needed' and model not in (?)",
    [["", ...models.map((model) => model.name)]],
  );
  return rows.map((row) => row.model);
}

/** What a snapshot shows of a model that is mirrored in the shape of this definition. */
export interface Standing {
  /** The largest position acknowledged. */
  readonly acked: bigint;
  /** Where its documents are written. */
  readonly collection: string;
  readonly hasRejected: boolean;
  /** Nothing is queued, and no rebuild is left. */
  readonly isAtRest: boolean;
}

/** Of those models that are recorded in their own shape. */
export async function readStandings(
  connection: Queryable,
  models: readonly DocumentModel[],
): Promise<ReadonlyMap<DocumentModel, Standing>> {
  const rows = await connection.query<{
    readonly model: string;
    readonly shape_hash: string;
    readonly collection: string;
    readonly acked: string;
    readonly has_rejected: number;
    readonly is_at_rest: number;
  }>(
    `select model, shape_hash, collection, acked,
      rebuild_status = 'done' and not exists(
        select 1 from vitrine_pending where vitrine_pending.model = vitrine_state.model) as is_at_rest,
      exists(select 1 from vitrine_rejected where vitrine_rejected.model = vitrine_state.model) as has_rejected
    from vitrine_state where model in (?)`,
    [models.map((model) => model.name)],
  );
  const found = new Map(rows.map((row) => [row.model, row]));
  return new Map(
    models.flatMap((model) => {
      const row = found.get(model.name);
      if (row?.shape_hash !== shapeHash(model)) return [];
      const { acked, collection, has_rejected, is_at_rest } = row;
      const hasRejected = has_rejected === 1;
      return [[model, { acked: BigInt(acked), collection, hasRejected, isAtRest: is_at_rest === 1 }]];
    }),
  );
}

/** The models of which something is queued, or a rebuild is left, by name. */
export async function readModelsWithWork(db: Queryable): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ model: string }>(
    `select model from vitrine_state where rebuild_status <> 'done'
    union select distinct model from vitrine_pending`,
  );
  return new Set(rows.map(({ model }) => model));
}

/** By which shape each model is mirrored that was ever mirrored, by name; `trusted`: of those that may be read. */
export async function readMirroredShapes(
  db: Queryable,
  only: "all" | "trusted" = "all",
): Promise<readonly { readonly model: string; readonly shape: string }[]> {
  return db.query(
    `select model, shape_hash as shape from vitrine_state
    ${only === "all" ? "" : "where rebuilt_at is not null "}order by model`,
  );
}
