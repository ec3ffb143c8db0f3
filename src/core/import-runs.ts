import type { MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";

/**
 * The table `vitrine_import_run`: what was imported when. A row is committed together with what it has imported, so it proves
 * that this is there; the run log (runs.ts) has every attempt, also those of which nothing was committed.
 */

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

/** The imports that have ended, by domain; null is one of a release in which a domain had only one. */
export async function readFinishedImports(
  db: Queryable,
): Promise<ReadonlyMap<string, ReadonlySet<string | null>>> {
  const rows = await db.query<{ domain: string; name: string | null }>(
    "select distinct domain, import_name as name from vitrine_import_run where finished_at is not null",
  );
  const finished = new Map<string, Set<string | null>>();
  for (const { domain, name } of rows)
    finished.set(domain, (finished.get(domain) ?? new Set<string | null>()).add(name));
  return finished;
}
