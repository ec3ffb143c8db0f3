import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** Fewer rows than this are always logged one by one. */
const defaultBulkRows = 20_000;

/** Of fewer than this share of a table's rows, their own documents are sooner mirrored than all. */
const leastShare = 0.2;

/** Whether so many rows are about to be written that their models are sooner rebuilt than followed. */
export const isBulk = (
  { writing, there }: { readonly writing: number; readonly there: number },
  bulkRows = defaultBulkRows,
): boolean => writing >= bulkRows && writing >= there * leastShare;

/** About how many rows a table has, as the server guesses; 0 when there is no such table. */
export async function readRowEstimate(db: Queryable, table: string): Promise<number> {
  const [row] = await db.query<{ n: string | null }>(
    "select table_rows as n from information_schema.tables where table_schema = database() and table_name = ?",
    [table],
  );
  return Number(row?.n ?? 0);
}
