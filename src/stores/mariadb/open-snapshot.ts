import { type MariaDb, type MariaDbConnection, quoteName, sqlErrorOf } from "./mariadb.ts";

/** Names are read again after this long: a table may be new, or new in a view. */
const NAMES_KEPT_MS = 5000;
const NO_SUCH_TABLE = 1146;

/** What a snapshot shows of the position itself. */
export interface SnapshotStart {
  readonly n: bigint;
  readonly incarnation: string;
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
export async function openSnapshot(db: MariaDb, connection: MariaDbConnection): Promise<SnapshotStart> {
  let statement = statements.get(db);
  if (statement === undefined || performance.now() - statement.at > NAMES_KEPT_MS) {
    statement = { at: performance.now(), sql: await writeStatement(connection) };
    statements.set(db, statement);
  }
  try {
    const [row] = await connection.query<{ n: string; incarnation: string }>(statement.sql);
    return { n: BigInt(row?.n ?? 0), incarnation: row?.incarnation ?? "" };
  } catch (error) {
    if (sqlErrorOf(error)?.errno === NO_SUCH_TABLE) statements.delete(db);
    throw error;
  }
}

const statements = new WeakMap<MariaDb, { readonly at: number; readonly sql: string }>();

/**
 * Without the right to see what a view says, whose text is empty then, it names all tables. Looks at no table of the
 * engine, so it opens no snapshot.
 */
async function writeStatement(connection: MariaDbConnection): Promise<string> {
  const tables = await connection.query<{ name: string }>(
    `select t.table_name as name from information_schema.tables as t
    where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
      and (t.table_name = 'change_log' or t.table_name like 'mirror\\_%' or exists (
        select 1 from information_schema.views as v where v.table_schema = database() and (
          v.view_definition = '' or instr(v.view_definition, concat('\`.\`', t.table_name, '\`')) > 0)))
    order by t.table_name`,
  );
  const kept = tables.map(({ name }) => `union all (select null, null from ${quoteName(name)} limit 0)`);
  return `select cast(n as char) as n, incarnation from mirror_position ${kept.join(" ")}`;
}
