import { type Queryable, quoteName } from "../mariadb/mariadb.ts";
import { readSchemaTexts } from "./schema-texts.ts";
import { shownFrom } from "./time-travel.ts";

/** How far back `asOf` can go. */
export interface HistoryStart {
  /** RFC 3339, UTC: the first commit on record; null when there is none. */
  readonly first: string | null;
  /** Tables with rows older than that: the record was truncated. */
  readonly lost: readonly string[];
}

/**
 * Compares MariaDB's record of transactions with the oldest row version of each table. Reads every table in
 * full. A first transaction in which a statement failed is not on record either.
 */
export async function readHistoryStart(db: Queryable): Promise<HistoryStart> {
  const [record] = await db.query<{ oldest: string | null; at: string | null }>(
    `select cast(min(transaction_id) as char) as oldest,
      ${shownFrom("min(commit_timestamp)")} as at from mysql.transaction_registry`,
  );
  const lost: string[] = [];
  for (const [table, { period }] of (await readSchemaTexts(db)).tables) {
    if (!period) continue;
    const [row] = await db.query<{ oldest: string | null }>(
      `select cast(min(${quoteName(period.start)}) as char) as oldest
      from ${quoteName(table)} for system_time all`,
    );
    const isKnown =
      record?.oldest && row?.oldest ? BigInt(row.oldest) >= BigInt(record.oldest) : !row?.oldest;
    if (!isKnown) lost.push(table);
  }
  return { first: record?.at ? `${record.at.slice(0, 23)}Z` : null, lost };
}
