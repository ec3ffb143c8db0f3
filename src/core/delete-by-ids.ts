import { type MariaDbConnection, quoteName } from "../stores/mariadb/mariadb.ts";

/**
 * Deletes exactly the rows with these ids; returns how many were there. The form matters: `in (…)` and `between` wait for
 * inserts that are in flight (up to 5.9 s, measured), this one looks each id up (3.6 ms per 500).
 */
export async function deleteByIds(
  connection: MariaDbConnection,
  { table, key }: { readonly table: string; readonly key: "vitrine_id" | "pending_id" },
  ids: readonly string[],
): Promise<number> {
  let deleted = 0;
  for (let from = 0; from < ids.length; from += 1000) {
    const { affectedRows } = await connection.run(
      `delete target from json_table(?, '$[*]' columns (id bigint unsigned path '$')) as listed
      straight_join ${quoteName(table)} as target on target.${key} = listed.id`,
      [JSON.stringify(ids.slice(from, from + 1000).map(String))],
    );
    deleted += affectedRows;
  }
  return deleted;
}
