import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** The table `vitrine_known_table`: which columns captured tables had when their triggers were made. */

/** A column, and what it is: its type, its collation, whether it may be null. */
export type NotedColumn = readonly [name: string, says: string];

/** The columns of each table, in their order. */
export type NotedTables = ReadonlyMap<string, readonly NotedColumn[]>;

/** What was noted; nothing in a database that has no place for it yet. */
export async function readNotedTables(db: Queryable): Promise<NotedTables> {
  const [place] = await db.query(
    "select 1 from information_schema.tables where table_schema = database() and table_name = 'vitrine_known_table'",
  );
  if (!place) return new Map();
  const rows = await db.query<{ name: string; columns: string }>(
    "select source_table as name, columns from vitrine_known_table",
  );
  // As noteTables writes them.
  return new Map(rows.map(({ name, columns }) => [name, JSON.parse(columns) as readonly NotedColumn[]]));
}

/** Notes these tables, and forgets the others. */
export async function noteTables(db: Pick<Queryable, "run">, tables: NotedTables): Promise<void> {
  const rows = [...tables].map(([name, columns]) => [name, JSON.stringify(columns)]);
  if (rows.length > 0)
    await db.run("replace into vitrine_known_table (source_table, columns) values ?", [rows]);
  await db.run("delete from vitrine_known_table where source_table not in (?)", [["", ...tables.keys()]]);
}
