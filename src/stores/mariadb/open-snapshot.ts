import { type MariaDb, type MariaDbConnection, quoteName, sqlErrorOf } from "./mariadb.ts";

/** Names are read again after this long: a table may be new, or new in a view. */
const NAMES_KEPT_MS = 5000;
const NO_SUCH_TABLE = 1146;

/** What will be read in a snapshot: its definitions are held. */
export interface SnapshotReads {
  /** With whatever they read, directly or through views. */
  readonly views: readonly string[];
  readonly tables: readonly string[];
}

/** What a snapshot shows first, and what it holds. */
export interface SnapshotStart {
  /** Three columns of one row, as text: `select … from …`. */
  readonly select: string;
  /** Held in any case. */
  readonly tables: readonly string[];
  /** Default: whatever any view reads. */
  readonly reads?: SnapshotReads | undefined;
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
  start: SnapshotStart = { select: "select null, null, null", tables: [] },
): Promise<T | undefined> {
  const names = await readNames(db, connection);
  try {
    return (await connection.query<T>(writeStatement(names, start)))[0];
  } catch (error) {
    if (sqlErrorOf(error)?.errno === NO_SUCH_TABLE) db.forget(namesKey);
    throw error;
  }
}

/** Which tables there are, and which names each view reads. */
interface Names {
  readonly tables: ReadonlySet<string>;
  /** Null for a view whose text may not be seen. */
  readonly views: ReadonlyMap<string, readonly string[] | null>;
}

const namesKey = "names of tables and views";

/** Reads them unless that was done not long ago; to be called before anybody else is kept waiting. Opens no snapshot. */
export function readNames(db: MariaDb, connection: MariaDbConnection): Promise<Names> {
  const read = () => readNamesBy(connection);
  // What failed may be another's connection, or its time may have been up.
  return db.remember(namesKey, NAMES_KEPT_MS, read).catch(read);
}

async function readNamesBy(connection: MariaDbConnection): Promise<Names> {
  const tables = await connection.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')`,
  );
  const views = await connection.query<{ name: string; text: string }>(
    `select table_name as name, view_definition as text from information_schema.views
      where table_schema = database()`,
  );
  return {
    tables: new Set(tables.map(({ name }) => name)),
    views: new Map(views.map(({ name, text }) => [name, text === "" ? null : readTableNames(text)])),
  };
}

/** The names behind a database's in the text that the server has made of a view. */
const readTableNames = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/`\.`((?:[^`]|``)+)`/g)].map(([, name = ""]) => name.replaceAll("``", "`"))),
];

function writeStatement(names: Names, { select, tables, reads }: SnapshotStart): string {
  const held = new Set([...tables, ...(reads?.tables ?? [])]);
  const seen = new Set<string>();
  const follow = (view: string): void => {
    if (seen.has(view)) return;
    seen.add(view);
    const read = names.views.get(view);
    // Whoever may not see what a view says holds everything.
    for (const name of read === null ? names.tables : (read ?? []))
      if (names.views.has(name)) follow(name);
      else held.add(name);
  };
  for (const view of reads?.views ?? names.views.keys()) follow(view);
  const kept = [...held]
    .filter((name) => names.tables.has(name))
    .sort()
    .map((name) => `union all (select null, null, null from ${quoteName(name)} limit 0)`);
  return `${select} ${kept.join(" ")}`;
}
