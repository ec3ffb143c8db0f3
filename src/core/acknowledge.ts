import type { DocumentModel } from "../models/model.ts";
import type { MariaDb, MariaDbConnection } from "../stores/mariadb/mariadb.ts";
import { shapeHash, shapeText } from "../stores/mongodb/mirror-schema.ts";
import { readCommitted } from "./read-committed.ts";

/** Makes a row for each model that has none: a new model is to be rebuilt. */
export async function createStates(db: MariaDb, models: readonly DocumentModel[]): Promise<void> {
  if (models.length === 0) return;
  const rows = models.map((model) => [model.name, shapeHash(model), shapeText(model)]);
  await db.run("insert ignore into vitrine_state (model, shape_hash, shape) values ?", [rows]);
  for (const model of models)
    await db.run("update vitrine_state set shape = ? where model = ? and shape_hash = ? and shape is null", [
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
    `update vitrine_state set acked = greatest(acked, ?), complete = greatest(complete, ?)
    where ${own.join(" or ")}`,
    [n, complete, ...written.flatMap(({ model, collection }) => [model.name, shapeHash(model), collection])],
  );
  return affectedRows === written.length;
}

/** Forgets what was acknowledged of these models, whose mirror was replaced; null: of all, and what is complete. */
export async function forgetAcked(
  connection: Pick<MariaDbConnection, "run">,
  models: readonly string[] | null,
): Promise<void> {
  if (models === null) await connection.run("update vitrine_state set acked = 0, complete = 0");
  else await connection.run("update vitrine_state set acked = 0 where model in (?)", [["", ...models]]);
}

/**
 * Notes for models with an empty queue that their mirror shows everything before a position. To be called when all changes
 * that a snapshot of that position showed of a model's tables are queued or mirrored: what was queued has then been acknowledged.
 * @returns of how many models
 */
export async function markComplete(
  db: MariaDb,
  positions: ReadonlyMap<DocumentModel, bigint>,
): Promise<number> {
  const byPosition = new Map<bigint, string[]>();
  for (const [{ name }, n] of positions) if (n > 0n) byPosition.set(n, [...(byPosition.get(n) ?? []), name]);
  let marked = 0;
  for (const [n, names] of byPosition) {
    const { affectedRows } = await readCommitted(db, (connection) =>
      connection.run(
        `update vitrine_state set complete = ? where model in (?) and complete < ? and not exists (
          select 1 from vitrine_pending where vitrine_pending.model = vitrine_state.model)`,
        [n, names, n],
      ),
    );
    marked += affectedRows;
  }
  return marked;
}
