import { VitrineError } from "../errors.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** A base table of somebody's database, as an account that may only read sees it. */
export interface SourceTable {
  readonly name: string;
  readonly engine: string;
  /** Whether it keeps the rows of before, as its owner wanted. */
  readonly hasHistory: boolean;
  readonly columns: readonly string[];
  /** The columns that keep a time without its zone. */
  readonly localTimes: readonly string[];
}

export interface SourceDatabase {
  readonly database: string;
  readonly tables: readonly SourceTable[];
  /** Of tables and views. */
  readonly names: readonly string[];
  /** The server writes a binary log: who makes triggers and functions needs its leave. */
  readonly hasBinaryLog: boolean;
}

/**
 * Reads what there is in the current database. Changes nothing, and needs no right but `select`.
 * @param wanted the tables that are meant; default: all
 * @throws VitrineError USAGE when there is no table to be seen, or not each that is wanted
 */
export async function readSourceDatabase(
  db: Queryable,
  wanted: readonly string[] | undefined,
): Promise<SourceDatabase> {
  const [server] = await db.query<{ name: string; binlog: number; account: string }>(
    "select database() as name, @@log_bin as binlog, current_user() as account",
  );
  const database = server?.name ?? "";
  const rows = await db.query<{ name: string; type: string; engine: string | null }>(
    `select table_name as name, table_type as type, engine from information_schema.tables
    where table_schema = database() order by table_name`,
  );
  const columns = await db.query<{ table: string; name: string; isTime: number }>(
    `select table_name as \`table\`, column_name as name, data_type = 'datetime' as isTime
    from information_schema.columns where table_schema = database()
      and coalesce(generation_expression, '') not in ('ROW START', 'ROW END')
    order by table_name, ordinal_position`,
  );
  const all = rows.filter(({ type }) => type === "BASE TABLE" || type === "SYSTEM VERSIONED");
  if (all.length === 0)
    throw new VitrineError(
      "USAGE",
      `${server?.account} sees no table in ${database}. Grant it: grant select on ${database}.* to the account, or name another database.`,
    );
  const missing = (wanted ?? []).filter((name) => !all.some((table) => table.name === name));
  if (missing.length > 0)
    throw new VitrineError(
      "USAGE",
      `${server?.account} sees no table ${missing.join(", ")} in ${database}. It sees: ${all.map(({ name }) => name).join(", ")}.`,
    );
  return {
    ...{ database, names: rows.map(({ name }) => name), hasBinaryLog: Number(server?.binlog) === 1 },
    tables: all
      .filter(({ name }) => wanted?.includes(name) ?? true)
      .map(({ name, engine, type }) => {
        const own = columns.filter((one) => one.table === name);
        return {
          ...{ name, engine: engine ?? "", hasHistory: type === "SYSTEM VERSIONED" },
          columns: own.map((one) => one.name),
          localTimes: own.filter(({ isTime }) => Number(isTime) === 1).map((one) => one.name),
        };
      }),
  };
}

/**
 * Says in a sentence why a server cannot be a source, from what it calls its version.
 * @param isSupported whether a version of MariaDB is new enough
 * @returns null when it can
 */
export function judgeServer(version: string, isSupported: (version: string) => boolean): string | null {
  const number = /\d+(?:\.\d+)*/.exec(version)?.[0] ?? version;
  if (!/mariadb/i.test(version))
    return `The server is MySQL ${number}, or another that is no MariaDB: Vitrine needs what MariaDB alone has (\`create or replace trigger\`, system versioning). Replicate the tables into a MariaDB, and name that.`;
  return isSupported(number)
    ? null
    : `The server is MariaDB ${number}, which is older than what Vitrine needs. Upgrade it, or replicate the tables into a newer one.`;
}
