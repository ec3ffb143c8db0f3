import { stopCapture } from "../core/bulk-writes.ts";
import type { ImportDefinition } from "../models/import-definition.ts";
import { noProgress } from "../progress.ts";
import { type MariaDbConnection, quoteName, type Row } from "../stores/mariadb/mariadb.ts";
import { isBulk, readRowEstimate } from "./bulk-limit.ts";
import type { ImportOptions, TableChange } from "./import-files.ts";
import { type Loss, refuseLoss } from "./refuse-import.ts";
import type { StagedFile } from "./stage-file.ts";

/** What the procedures of an import told. */
export interface ProcedureResults {
  /** What became of each table. */
  readonly tables: readonly TableChange[];
  /** Tables of which so many rows were about to be written that the writes were not logged one by one. */
  readonly bulkTables: readonly string[];
}

/**
 * Calls the procedures of an import in order, and does what they ask for in their rows (see ImportDefinition).
 * @throws VitrineError IMPORT_REFUSED when one would delete too much; what the server says
 */
export async function callProcedures(
  connection: MariaDbConnection,
  staged: readonly StagedFile[],
  { procedures }: ImportDefinition,
  { domain, progress = noProgress, signal, allowDeletes, bulkRows }: ImportOptions,
): Promise<ProcedureResults> {
  await tellSession(connection, staged, allowDeletes);
  const tables: TableChange[] = [];
  const bulkTables = new Set<string>();
  const step = progress.start(`Cleaning ${domain.name}`, procedures.length);
  for (const [done, procedure] of procedures.entries()) {
    signal?.throwIfAborted();
    step.update(done);
    for (const row of await callProcedure(connection, procedure)) {
      if ("losing" in row) refuseLoss(toLoss(row), staged, allowDeletes);
      else if ("writing" in row) {
        const table = String(row.table_name);
        const there = await readRowEstimate(connection, table);
        if (isBulk({ writing: Number(row.writing), there }, bulkRows)) bulkTables.add(table);
      } else tables.push(toTableChange(row));
    }
    if (bulkTables.size > 0) await stopCapture(connection, [...bulkTables]);
  }
  step.end();
  // Other work will get this connection.
  await connection.run("set @import_allow_deletes = null, @import_files = null, @import_unfinished = null");
  return { tables, bulkTables: [...bulkTables] };
}

/** What procedures may ask for. */
async function tellSession(
  connection: MariaDbConnection,
  staged: readonly StagedFile[],
  allowDeletes: ImportOptions["allowDeletes"],
): Promise<void> {
  const unfinished = staged.filter((file) => file.unfinished);
  const toList = (files: readonly StagedFile[]) => files.map(({ file }) => file).join(",");
  await connection.run("set @import_allow_deletes = ?, @import_files = ?, @import_unfinished = ?", [
    allowDeletes === true ? 1 : null,
    toList(staged),
    toList(unfinished),
  ]);
}

async function callProcedure(connection: MariaDbConnection, procedure: string): Promise<readonly Row[]> {
  // A procedure may return one result set; the driver then gives [rows, header], else the header alone.
  const result: readonly unknown[] = await connection.query(`call ${quoteName(procedure)}()`);
  const rows: unknown = Array.isArray(result) ? result[0] : undefined;
  return Array.isArray(rows) ? rows : [];
}

const toTableChange = (row: Row): TableChange => ({
  table: String(row.table_name),
  inserted: Number(row.inserted),
  updated: Number(row.updated),
  deleted: Number(row.deleted),
});

const toLoss = (row: Row): Loss => ({
  file: String(row.file),
  losing: Number(row.losing),
  concerned: Number(row.concerned),
});
