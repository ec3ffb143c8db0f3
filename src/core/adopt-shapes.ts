import type { DocumentModel } from "../models/model.ts";
import { NO_ID } from "../stores/conversion/document-id.ts";
import type { MariaDb, MariaDbConnection } from "../stores/mariadb/mariadb.ts";
import { extendsShape } from "../stores/mongodb/extends-shape.ts";
import { shapeHash, shapeText } from "../stores/mongodb/mirror-schema.ts";
import { changeTablesOf, readChangeTables, readOldestChange } from "./change-tables.ts";
import { type ModelState, readStates } from "./model-state.ts";
import { readCommitted } from "./read-committed.ts";
import { toBeRebuilt } from "./rebuild.ts";

/**
 * Records the shapes of these definitions where others are recorded, and asks for rebuilds. Fields added: in place,
 * and readers of the recorded shape go on reading. Anything else: in a collection beside, while they read the one
 * before, as it is at this moment. From the commit on nothing that a loader of another shape has read is
 * acknowledged, and no snapshot that is opened later lets it write.
 */
export async function adoptShapes(db: MariaDb, models: readonly DocumentModel[]): Promise<void> {
  const states = await readStates(db);
  for (const model of models)
    if (states.get(model.name)?.shapeHash !== shapeHash(model))
      await readCommitted(db, (connection) => adoptShape(connection, model));
}

async function adoptShape(connection: MariaDbConnection, model: DocumentModel): Promise<void> {
  // Acknowledgements wait for this lock, so what is read next stays true until the commit.
  await connection.query("select model from vitrine_state where model = ? for update", [model.name]);
  const state = (await readStates(connection)).get(model.name);
  if (!state || state.shapeHash === shapeHash(model)) return;
  const shape = shapeText(model);
  if (state.shape !== null && extendsShape(shape, state.shape)) {
    await connection.run(
      `update vitrine_state set ${toBeRebuilt},
        shape_hash = ?, shape = ?, held_shape = ? where model = ?`,
      [shapeHash(model), shape, state.heldShape ?? state.shape, model.name],
    );
    return;
  }
  if (state.rebuildStatus === "done" || state.rebuiltAt !== null) await keepFormer(connection, state);
  await connection.run(
    `update vitrine_state set ${toBeRebuilt},
        rebuilt_at = null, acked = 0, shape_hash = ?, shape = ?, held_shape = null, collection = ? where model = ?`,
    [shapeHash(model), shape, nextCollection(state), model.name],
  );
}

/** Notes what the collection of now is good for when nobody writes it any more. */
async function keepFormer(connection: MariaDbConnection, state: ModelState): Promise<void> {
  const queued = (bulk: 0 | 1) =>
    `coalesce((select logged_at from vitrine_pending where model = ? and bulk = ${bulk}
      order by pending_id limit 1), utc_timestamp(6))`;
  const tables = changeTablesOf(await readChangeTables(connection), state.model);
  const oldest = await readOldestChange(connection, tables);
  const [now] = await connection.query<{ as_of: string }>(
    `select least(coalesce(cast(? as datetime(6)), utc_timestamp(6)),
      ${queued(0)}, ${queued(1)}, coalesce((select min(first_at) from vitrine_rejected
        where model = ? and document_id <> ?), utc_timestamp(6))) as as_of`,
    [oldest, state.model, state.model, state.model, NO_ID],
  );
  await connection.run(
    `update vitrine_state set former_collection = collection, former_shape = ?, former_complete = complete,
      former_as_of = ? where model = ?`,
    [state.heldShape ?? state.shape, now?.as_of, state.model],
  );
}

/** `model` is the first, `model.2` the next. */
export const numberOf = (collection: string): number => Number(/\.(\d+)$/.exec(collection)?.[1] ?? 1);

/** Never one that was used before: whoever stalled with a batch for that one cannot reach this one. */
const nextCollection = ({ model, collection }: ModelState): string => `${model}.${numberOf(collection) + 1}`;
