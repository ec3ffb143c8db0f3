import { type MariaDb, type MariaDbConnection, quoteName, sqlErrorOf } from "./mariadb.ts";

/** Names are read again after this long: a table may be new, or new in a view. */
const NAMES_KEPT_MS = 5000;
const NO_SUCH_TABLE = 1146;

/** What a snapshot shows first, and what it holds beside the tables that views name. */
export interface SnapshotStart {
  /** Two columns of one row, as text: `select … from …`. */
  readonly select: string;
  readonly tables: readonly string[];
}

/**
 * Opens a snapshot in the connection's transaction, which must be new and at repeatable read, and keeps the definition
 * of every table that views name until the transaction ends. All by one statement: it locks all definitions before its
 * first row opens the snapshot. `start transaction with consistent snapshot` locks none, and then a rebuild of a table
 * (`optimize table`, `alter table … force`) that is under way may end before the first look at that table: rows written
 * since the snapshot began are then not as they were but *gone*, without an error (MariaDB 10.11.19, measured; only of
 * a rebuild that begins later one is told, by error 1412). So a rebuild waits for the snapshot, as for any reader.
 * @param db the pool that the connection is of, which remembers the names of the tables
 */
export async function openSnapshot<T extends object>(
  db: MariaDb,
  connection: MariaDbConnection,
  start: SnapshotStart = { select: "select null, null", tables: [] },
): Promise<T | undefined> {
  const key = `snapshot ${start.select}`;
  const statement = await db.remember(key, NAMES_KEPT_MS, () => writeStatement(connection, start));
  try {
    return (await connection.query<T>(statement))[0];
  } catch (error) {
    if (sqlErrorOf(error)?.errno === NO_SUCH_TABLE) db.forget(key);
    throw error;
  }
}

/**
 * Without the right to see what a view says, whose text is empty then, it names all tables. Looks at no table, so it
 * opens no snapshot.
 */
async function writeStatement(connection: MariaDbConnection, start: SnapshotStart): Promise<string> {
  const tables = await connection.query<{ name: string }>(
    `select t.table_name as name from information_schema.tables as t
    where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
      and (t.table_name in (?) or exists (
        select 1 from information_schema.views as v where v.table_schema = database() and (
          v.view_definition = '' or instr(v.view_definition, concat('\`.\`', t.table_name, '\`')) > 0)))
    order by t.table_name`,
    [["", ...start.tables]],
  );
  const kept = tables.map(({ name }) => `union all (select null, null from ${quoteName(name)} limit 0)`);
  return `${start.select} ${kept.join(" ")}`;
}
