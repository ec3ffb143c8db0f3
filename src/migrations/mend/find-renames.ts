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
 * The name that a column has now, if it is sure: a new column of the same type stands where it stood, behind the same
 * neighbour, and no other has come or gone there. Null: it was dropped, or nobody can tell.
 */
export function findNewName(
  known: readonly NotedColumn[],
  now: readonly NotedColumn[],
  column: string,
): string | null {
  const isKnown = new Set(known.map(([name]) => name));
  const isThere = new Set(now.map(([name]) => name));
  const at = known.findIndex(([name]) => name === column);
  if (at < 0 || isThere.has(column)) return null;
  const neighbour = known.slice(0, at).findLast(([name]) => isThere.has(name))?.[0];
  const behind = (columns: readonly NotedColumn[], isKept: ReadonlySet<string>): readonly NotedColumn[] => {
    const from = columns.findIndex(([name]) => name === neighbour) + 1;
    const rest = columns.slice(from);
    const to = rest.findIndex(([name]) => isKept.has(name));
    return to < 0 ? rest : rest.slice(0, to);
  };
  const [gone, fresh] = [behind(known, isThere), behind(now, isKnown)];
  const [next] = fresh;
  return gone.length === 1 && fresh.length === 1 && next?.[1] === known[at]?.[1] ? (next?.[0] ?? null) : null;
}

/** The name that a table has now, if it is sure: one alone that was not known has the same columns. */
export function findNewTable(known: NotedTables, now: NotedTables, table: string): string | null {
  const columns = JSON.stringify(known.get(table));
  const alike = [...now].filter(([name, own]) => !known.has(name) && JSON.stringify(own) === columns);
  return known.has(table) && alike.length === 1 ? (alike[0]?.[0] ?? null) : null;
}
