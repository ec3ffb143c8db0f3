import { createHash } from "node:crypto";
import {
  type MariaDbConnection,
  type Queryable,
  quoteName,
  type Row,
} from "../../src/stores/mariadb/mariadb.ts";

/** What a database is: its objects and rights, as one hash, its rows, and what the server notes beside them. */
export interface DatabaseState {
  readonly objects: string;
  /** By table, also those without rows: how many there are, earlier versions included. */
  readonly counts: Readonly<Record<string, number>>;
  /** The next number of each sequence that is not in its cache. */
  readonly sequences: Readonly<Record<string, string>>;
  /** How many rows the optimiser believes that each table has, earlier versions included. */
  readonly statistics: Readonly<Record<string, number>>;
}

interface Table {
  readonly name: string;
  readonly isVersioned: boolean;
  readonly hasTriggers: boolean;
}

/** More rows than these are not deleted one by one: to make a database anew is as fast, and leaves no litter. */
const MANY_ROWS = 20_000;

async function readTables(db: Queryable): Promise<readonly Table[]> {
  const rows = await db.query<{ name: string; type: string }>(
    `select table_name as name, table_type as type from information_schema.tables
    where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by name`,
  );
  const triggered = await db.query<{ name: string }>(
    "select distinct event_object_table as name from information_schema.triggers where trigger_schema = database()",
  );
  const withTriggers = new Set(triggered.map(({ name }) => name));
  return rows.map(({ name, type }) => ({
    name,
    isVersioned: type === "SYSTEM VERSIONED",
    hasTriggers: withTriggers.has(name),
  }));
}

async function countRows(db: Queryable, tables: readonly Table[]): Promise<DatabaseState["counts"]> {
  if (tables.length === 0) return {};
  const counts = await db.query<{ name: string; n: string }>(
    tables
      .map(
        ({ name, isVersioned }) =>
          `select '${name}' as name, count(*) as n from ${quoteName(name)}${isVersioned ? " for system_time all" : ""}`,
      )
      .join(" union all "),
  );
  return Object.fromEntries(counts.map(({ name, n }) => [name, Number(n)]));
}

/** Reads what the database is now, as its administrator with several statements per query. */
export async function readDatabaseState(db: Queryable): Promise<DatabaseState> {
  const tables = await readTables(db);
  const sequences = await readSequences(db);
  return {
    objects: await hashObjects(db, [
      ...tables.map(({ name }) => `show create table ${quoteName(name)}`),
      ...Object.keys(sequences).map((name) => `show create sequence ${quoteName(name)}`),
    ]),
    counts: await countRows(db, tables),
    sequences,
    statistics: await readStatistics(db),
  };
}

async function readSequences(db: Queryable): Promise<DatabaseState["sequences"]> {
  const names = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type = 'SEQUENCE' order by name`,
  );
  const next: Record<string, string> = {};
  for (const { name } of names) {
    const [row] = await db.query<{ n: string }>(
      `select cast(next_not_cached_value as char) as n from ${quoteName(name)}`,
    );
    next[name] = row?.n ?? "";
  }
  return next;
}

async function readStatistics(db: Queryable): Promise<DatabaseState["statistics"]> {
  const rows = await db.query<{ name: string; n: string }>(
    `select table_name as name, n_rows as n from mysql.innodb_table_stats
    where database_name = database() order by table_name`,
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]));
}

/** Brings what the optimiser believes of each table to the rows that it has, or that it is to have. */
export async function refreshStatistics(db: Queryable, counts: DatabaseState["counts"]): Promise<void> {
  const believed = await readStatistics(db);
  const wrong = Object.entries(counts).filter(([name, n]) => believed[name] !== n);
  if (wrong.length > 0) await db.query(`analyze table ${wrong.map(([name]) => quoteName(name)).join(", ")}`);
}

/** In one round trip, for there are many. */
async function hashObjects(db: Queryable, definitions: readonly string[]): Promise<string> {
  const found = await db.query(
    [
      ...definitions,
      // Numbers of tables and the moments of triggers too: loaders notice when these are others.
      "select vitrine_read_sources(), vitrine_read_trigger_fingerprint()",
      "select * from information_schema.views where table_schema = database() order by table_name",
      `select routine_name, routine_type, routine_definition, dtd_identifier, sql_data_access, security_type, sql_mode,
        definer
      from information_schema.routines where routine_schema = database() order by routine_name, routine_type`,
      "select * from information_schema.triggers where trigger_schema = database() order by trigger_name",
      "select * from information_schema.events where event_schema = database() order by event_name",
      "select * from information_schema.schemata where schema_name = database()",
      ...rights,
      ...["table_stats", "column_stats", "index_stats"].map(
        (name) => `select * from mysql.${name} where db_name = database() order by 1, 2, 3`,
      ),
    ].join(";"),
  );
  return createHash("sha256").update(JSON.stringify(found)).digest("hex");
}

const rights = [
  "select * from mysql.tables_priv where db = database() order by user, host, table_name",
  "select * from mysql.procs_priv where db = database() order by user, host, routine_type, routine_name",
  "select * from mysql.db where replace(db, '\\\\', '') = database() order by user, host",
  "select * from mysql.global_priv where user like concat(database(), '\\_%') order by user, host",
  "select * from mysql.roles_mapping where role like concat(database(), '\\_%') order by user, host, role",
];

/** Rows by table, as the driver gives them. */
export type KeptRows = Readonly<Record<string, readonly Row[]>>;

/** The rows that a database has, to be put back by `resetRows`. Generated columns are left out. */
export async function readRows(db: Queryable, { counts }: DatabaseState): Promise<KeptRows> {
  const kept: Record<string, readonly Row[]> = {};
  for (const [table, count] of Object.entries(counts)) {
    if (count === 0) continue;
    const columns = await db.query<{ name: string }>(
      `select column_name as name from information_schema.columns
      where table_schema = database() and table_name = ? and is_generated = 'NEVER' order by ordinal_position`,
      [table],
    );
    const names = columns.map(({ name }) => quoteName(name)).join(", ");
    kept[table] = await db.query(`select ${names} from ${quoteName(table)}`);
  }
  return kept;
}

/**
 * Takes away all rows with their history, and puts those back that are to be there.
 * @returns false when there are so many that nothing was done
 */
export async function resetRows(connection: MariaDbConnection, kept: KeptRows): Promise<boolean> {
  const tables = await readTables(connection);
  const counts = await countRows(connection, tables);
  if (Object.values(counts).reduce((sum, count) => sum + count, 0) > MANY_ROWS) return false;
  await connection.run("set foreign_key_checks = 0, system_versioning_alter_history = keep");
  await switchOffRules(connection);
  // Nor is any of it a change.
  await connection.run("set @vitrine_uncaptured = ?", [tables.map(({ name }) => name).join(",")]);
  // Triggers write into other tables: those come last.
  const order = [...tables].sort((a, b) => Number(b.hasTriggers) - Number(a.hasTriggers));
  const deletes = order.flatMap(({ name, isVersioned }) => [
    `delete from ${quoteName(name)}`,
    ...(isVersioned ? [`delete history from ${quoteName(name)}`] : []),
  ]);
  await connection.query(deletes.join(";"));
  await restartNumbers(connection);
  for (const [table, rows] of Object.entries(kept)) {
    const names = Object.keys(rows[0] ?? {}).map(quoteName);
    await connection.run(`insert into ${quoteName(table)} (${names.join(", ")}) values ?`, [
      rows.map((row) => Object.values(row)),
    ]);
  }
  return true;
}

/** Lets sequences begin again. */
export async function resetSequences(db: Queryable, { sequences }: DatabaseState): Promise<void> {
  for (const [name, next] of Object.entries(sequences))
    await db.query(`alter sequence if exists ${quoteName(name)} restart with ${next}`);
}

/** A domain's rules heed a variable of the session while much is loaded: `@<domain>_bulk_load`. */
async function switchOffRules(connection: MariaDbConnection): Promise<void> {
  const rows = await connection.query<{ name: string }>(
    `select distinct regexp_substr(action_statement, '@\\\\w+_bulk_load\\\\b') as name
    from information_schema.triggers where trigger_schema = database()`,
  );
  for (const { name } of rows) if (name !== "") await connection.run(`set ${name} = 1`);
}

async function restartNumbers(connection: MariaDbConnection): Promise<void> {
  const numbered = await connection.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and auto_increment > 1`,
  );
  const alters = numbered.map(({ name }) => `alter table ${quoteName(name)} auto_increment = 1`);
  if (alters.length > 0) await connection.query(alters.join(";"));
}
