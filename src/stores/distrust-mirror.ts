import type { Queryable } from "./mariadb/mariadb.ts";

/**
 * What the mirror holds of these models (null: of every one) may be wrong: they are to be rebuilt, by whoever knows
 * them, and no query may read their mirror before.
 */
export async function distrustMirror(
  db: Pick<Queryable, "run">,
  models: readonly string[] | null,
): Promise<void> {
  if (models?.length === 0) return;
  await db.run(
    `update mirror_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null,
      rebuilt_at = null, former_collection = null where ${models === null ? "true" : "model in (?)"}`,
    models === null ? [] : [models],
  );
}
