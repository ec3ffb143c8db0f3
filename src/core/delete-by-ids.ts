import { type MariaDbConnection, quoteName } from "../stores/mariadb/mariadb.ts";
import { findRuns, type Run } from "./find-runs.ts";

interface Target {
  readonly table: string;
  readonly key: "vitrine_id" | "pending_id";
}

/**
 * Deletes exactly the rows with these ids; returns how many were there. The form matters: `in (…)` and `between` wait for
 * inserts that are in flight (up to 5.9 s, measured). Ids that follow each other without a gap are deleted as a range all
 * the same (2 µs of the server's processor each, not 8): no other row can be in it, and its end is held before.
 */
export async function deleteByIds(
  connection: MariaDbConnection,
  target: Target,
  ids: readonly string[],
): Promise<number> {
  const { runs, others } = findRuns(ids);
  let deleted = await deleteEach(connection, target, others);
  for (const run of runs) deleted += await deleteRun(connection, target, run);
  return deleted;
}

/** Looks each of them up. */
async function deleteEach(
  connection: MariaDbConnection,
  { table, key }: Target,
  ids: readonly string[],
): Promise<number> {
  let deleted = 0;
  for (let from = 0; from < ids.length; from += 1000) {
    const { affectedRows } = await connection.run(
      `delete target from json_table(?, '$[*]' columns (id bigint unsigned path '$')) as listed
      straight_join ${quoteName(table)} as target on target.${key} = listed.id`,
      [JSON.stringify(ids.slice(from, from + 1000))],
    );
    deleted += affectedRows;
  }
  return deleted;
}

/**
 * The scan of a range locks the first row behind it, past those that are deleted: so the last row of the run is held and
 * deleted after the others. When another loader has deleted it, the first row behind may be one in flight, and each is looked up.
 */
async function deleteRun(
  connection: MariaDbConnection,
  target: Target,
  { ids, first, last }: Run,
): Promise<number> {
  const { table, key } = target;
  const held = await connection.query(
    `select 1 from ${quoteName(table)} where ${key} = cast(? as unsigned) for update`,
    [last],
  );
  if (held.length === 0) return deleteEach(connection, target, ids);
  const { affectedRows } = await connection.run(
    `delete from ${quoteName(table)} where ${key} >= cast(? as unsigned) and ${key} < cast(? as unsigned)`,
    [first, last],
  );
  return affectedRows + (await deleteEach(connection, target, [last]));
}
