import type { MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";

/** The table `vitrine_import_run`: what was imported when. */

/** Notes that an import of a domain begins; returns its id. */
export async function beginImportRun(
  connection: MariaDbConnection,
  domain: string,
  importName: string,
): Promise<number> {
  const sql = "insert into vitrine_import_run (domain, import_name) values (?, ?)";
  return (await connection.run(sql, [domain, importName])).insertId;
}

/** Notes that it has ended; `summary` is JSON. */
export async function endImportRun(
  connection: MariaDbConnection,
  importRunId: number,
  summary: string,
): Promise<void> {
  await connection.run(
    "update vitrine_import_run set finished_at = utc_timestamp(3), summary = ? where import_run_id = ?",
    [summary, importRunId],
  );
}

/** The domains of which an import has ended. */
export async function readImportedDomains(db: Queryable): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ domain: string }>(
    "select distinct domain from vitrine_import_run where finished_at is not null",
  );
  return new Set(rows.map(({ domain }) => domain));
}
