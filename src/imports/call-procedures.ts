import { stopCapture } from "../core/bulk-writes.ts";
import type { ImportDefinition } from "../models/import-definition.ts";
import { noProgress } from "../progress.ts";
import { type MariaDbConnection, quoteName, type Row } from "../stores/mariadb/mariadb.ts";
import { isBulk, readRowEstimate } from "./bulk-limit.ts";
import { deleteMissing, findFileOf } from "./delete-missing.ts";
import type { FoundFile } from "./find-files.ts";
import type { ImportOptions, TableChange } from "./import-files.ts";
import { loadRows } from "./load-rows.ts";
import { type Loss, refuseLoss } from "./refuse-import.ts";
import type { StagedFile } from "./stage-file.ts";

/** What the procedures of an import told. */
export interface ProcedureResults {
  /** What became of each table. */
  readonly tables: readonly TableChange[];
  /** Tables of which so many rows were about to be written that the writes were not logged one by one. */
  readonly bulkTables: readonly string[];
}

/** The files that are there, staged, and what they are for. */
export interface StagedImport {
  readonly files: readonly FoundFile[];
  readonly staged: readonly StagedFile[];
  readonly definition: ImportDefinition;
}

/**
 * Calls the procedures of an import in order, and does what they ask for in their rows (see ImportDefinition); loads
 * what they have read.
 * @throws VitrineError IMPORT_REFUSED when too much would be deleted; what the server says
 */
export async function callProcedures(
  connection: MariaDbConnection,
  imported: StagedImport,
  options: ImportOptions,
): Promise<ProcedureResults> {
  const { domain, progress = noProgress, signal, allowDeletes, bulkRows } = options;
  const { staged, definition } = imported;
  await tellSession(connection, staged, options);
  const tables: TableChange[] = [];
  const bulkTables = new Set<string>();
  const step = progress.start(`Cleaning ${domain.name}`, definition.procedures.length);
  const beforeWriting = async (table: string, writing: number) => {
    const there = await readRowEstimate(connection, table);
    if (!isBulk({ writing, there }, bulkRows)) return;
    bulkTables.add(table);
    await stopCapture(connection, [...bulkTables]);
  };
  for (const [done, one] of definition.procedures.entries()) {
    signal?.throwIfAborted();
    step.update(done);
    if (typeof one !== "string") {
      const file = findFileOf(imported.files, one)?.definition;
      if (file)
        tables.push(await loadRows(connection, { domain: domain.name, load: one, file }, beforeWriting));
      continue;
    }
    for (const row of await callProcedure(connection, one)) {
      if ("losing" in row) refuseLoss(toLoss(row), staged, allowDeletes);
      else if ("writing" in row) await beforeWriting(String(row.table_name), Number(row.writing));
      else tables.push(toTableChange(row));
    }
  }
  const changes = options.full ? await deleteMissing(connection, imported, options, tables) : tables;
  step.end();
  // Other work will get this connection.
  await connection.run(
    "set @import_allow_deletes = null, @import_full = null, @import_files = null, @import_unfinished = null",
  );
  return { tables: changes, bulkTables: [...bulkTables] };
}

/** What procedures may ask for. */
async function tellSession(
  connection: MariaDbConnection,
  staged: readonly StagedFile[],
  { allowDeletes, full }: ImportOptions,
): Promise<void> {
  const unfinished = staged.filter((file) => file.unfinished);
  const toList = (files: readonly StagedFile[]) => files.map(({ file }) => file).join(",");
  await connection.run(
    "set @import_allow_deletes = ?, @import_full = ?, @import_files = ?, @import_unfinished = ?",
    [allowDeletes === true ? 1 : null, full ? 1 : null, toList(staged), toList(unfinished)],
  );
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
