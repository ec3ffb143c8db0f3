import type { NotedColumn, NotedTables } from "../../core/noted-tables.ts";
import type { Queryable } from "../../stores/mariadb/mariadb.ts";

/** The columns of every base table of the current database, or of these. */
export async function readTables(
  db: Queryable,
  names: readonly string[] | null = null,
): Promise<NotedTables> {
  const rows = await db.query<{ table: string; name: string; says: string }>(
    `select c.table_name as \`table\`, c.column_name as name,
      concat_ws('|', c.column_type, c.collation_name, c.is_nullable) as says
    from information_schema.columns as c
    join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
      and coalesce(c.generation_expression, '') not in ('ROW START', 'ROW END')
      ${names === null ? "" : "and c.table_name in (?)"}
    order by c.table_name, c.ordinal_position`,
    names === null ? [] : [["", ...names]],
  );
  const tables = new Map<string, NotedColumn[]>();
  for (const { table, name, says } of rows) tables.set(table, [...(tables.get(table) ?? []), [name, says]]);
  return tables;
}

/**
 * The names that a column which is gone may have now: those of columns that were not known, of its type. Whether it is one of
 * them, or was dropped while another was added, the server does not tell.
 */
export function findNewNames(
  known: readonly NotedColumn[],
  now: readonly NotedColumn[],
  column: string,
): readonly string[] {
  const type = known.find(([name]) => name === column)?.[1];
  const isKnown = new Set(known.map(([name]) => name));
  return now.filter(([name, says]) => says === type && !isKnown.has(name)).map(([name]) => name);
}

/** The names that a table which is gone may have now: those of tables that were not known, of the same columns. */
export function findNewTables(known: NotedTables, now: NotedTables, table: string): readonly string[] {
  const columns = JSON.stringify(known.get(table));
  return [...now]
    .filter(([name, own]) => !known.has(name) && JSON.stringify(own) === columns)
    .map(([name]) => name);
}
