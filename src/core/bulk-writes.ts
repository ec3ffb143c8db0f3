import type { MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { distrusted } from "./rebuild.ts";

/**
 * A transaction that writes so many rows that its models are sooner rebuilt than followed. Its session names the tables in
 * `@vitrine_uncaptured`, for which the capture triggers then log nothing; the commit asks for the rebuilds.
 */

/** From now on writes of this session to these tables are not logged, until `commitBulk` or the end of the session. */
export async function stopCapture(
  connection: Pick<Queryable, "run">,
  tables: readonly string[],
): Promise<void> {
  await connection.run("set @vitrine_uncaptured = ?", [tables.join(",")]);
}

/** The models whose documents a write to one of these tables may alter, by name. */
export async function readModelsReading(
  db: Queryable,
  tables: readonly string[],
): Promise<readonly string[]> {
  const rows = await db.query<{ model: string }>(
    "select distinct model from vitrine_touched_view where source_table in (?) order by model",
    [["", ...tables]],
  );
  return rows.map(({ model }) => model);
}

/**
 * Commits what was written without being logged: in the same transaction every model that reads these tables is to be
 * rebuilt, and its mirror is not read before. One statement, so nobody waits for a client that stalls. While the position is
 * locked no snapshot opens: whatever was read before is of a rebuild that begins again, also of a model that somebody has
 * begun to mirror a moment ago, and whatever is read later shows the rows. Afterwards the session's writes are logged again.
 */
export async function commitBulk(connection: MariaDbConnection, tables: readonly string[]): Promise<void> {
  await connection.run(
    `begin not atomic
      declare v_n bigint unsigned;
      select n into v_n from vitrine_position where position_id = 1 for update;
      update vitrine_state set ${distrusted} where model in (
        select model from vitrine_touched_view where source_table in (?)
      );
      commit;
      set @vitrine_uncaptured = null;
    end`,
    [tables],
  );
}
