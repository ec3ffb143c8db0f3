import { type Queryable, quoteName, sqlErrorOf } from "../mariadb/mariadb.ts";
import { readSchemaTexts } from "./schema-texts.ts";

/** How far back `asOf` can go. */
export interface HistoryStart {
  /** RFC 3339, UTC: when the oldest row version was written, up to the millisecond; null when there is none. */
  readonly first: string | null;
  /**
   * Tables of this database, as `database.table`, that are versioned by transaction. One killed write of theirs can end all
   * writes of the server (error 4133), and none of them reaches a replica.
   */
  readonly byTransaction: readonly string[];
}

/** Asks every table for its oldest row version, for which it reads it in full, and the server for its tables. */
export async function readHistoryStart(db: Queryable): Promise<HistoryStart> {
  let first: string | null = null;
  for (const [table, { period }] of (await readSchemaTexts(db)).tables) {
    if (!period) continue;
    const [row] = await db.query<{ oldest: string | null }>(
      `select date_format(min(${quoteName(period.start)}) + interval 999 microsecond, '%Y-%m-%dT%T.%f') as oldest
      from ${quoteName(table)} for system_time all`,
    );
    if (row?.oldest && (first === null || row.oldest < first)) first = row.oldest;
  }
  const tables = await db.query<{ name: string }>(
    `select concat(table_schema, '.', table_name) as name from information_schema.columns
    where table_schema = database() and generation_expression = 'ROW START' and data_type = 'bigint'
    order by name`,
  );
  return {
    first: first === null ? null : `${first.slice(0, 23)}Z`,
    byTransaction: tables.map(({ name }) => name),
  };
}

/**
 * Since when the server has on record when transactions were committed, by which tables that are versioned by transaction
 * tell their past: RFC 3339, UTC; null when it has none. Undefined for an account that may not look.
 */
export async function readRegistryStart(db: Queryable): Promise<string | null | undefined> {
  try {
    const [row] = await db.query<{ first: string | null }>(
      `select date_format(min(commit_timestamp), '%Y-%m-%dT%T.%fZ') as first from mysql.transaction_registry`,
    );
    return row?.first ?? null;
  } catch (error) {
    if (sqlErrorOf(error)?.errno === 1142) return undefined;
    throw error;
  }
}
