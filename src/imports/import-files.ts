import { commitBulk, readModelsReading } from "../core/bulk-writes.ts";
import {
  clearRemarks,
  type ImportRemark,
  noteFaults,
  noteUnfinished,
  readRemarks,
} from "../core/import-rejects.ts";
import { beginImportRun, endImportRun } from "../core/import-runs.ts";
import { dropLease, lockLease } from "../core/lease.ts";
import { type RunNotes, recordRun } from "../core/runs.ts";
import { VitrineError } from "../errors.ts";
import type { Domain } from "../models/project.ts";
import { noProgress, type Progress } from "../progress.ts";
import { holdTime, releaseTime } from "../stores/mariadb/hold-time.ts";
import { type MariaDb, type MariaDbConnection, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { callProcedures } from "./call-procedures.ts";
import { type ChosenImport, chooseImport } from "./choose-import.ts";
import { type FoundFile, findFiles, formsOf } from "./find-files.ts";
import { refuseEmptied, refuseRejects } from "./refuse-import.ts";
import { type StagedFile, stageFile } from "./stage-file.ts";
import { closeStaging, openStaging } from "./staging.ts";

export interface ImportOptions {
  /** A connection with the right to write the domain's tables. */
  readonly admin: MariaDb;
  readonly domain: Domain;
  /** Which of the domain's imports. Default: its only one. */
  readonly name?: string | undefined;
  /** Folder that holds the import's files. */
  readonly dir: string;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Import nothing when a line is refused. */
  readonly strict?: boolean | undefined;
  /** Delete whatever the files lack: all of it, or up to this percentage. Default: 10, and always below 100 lines. */
  readonly allowDeletes?: true | number | undefined;
  /** The files are whole: loads delete the rows that they lack. */
  readonly full?: boolean | undefined;
  /** How long to wait for another run of this import to end. Default: 10. */
  readonly lockWaitSeconds?: number;
  /** From so many rows of a table on, its models are rebuilt instead of followed. Default: see bulk-limit. */
  readonly bulkRows?: number | undefined;
  /** Told why the run log lacks this import. */
  readonly onMissed?: ((error: unknown) => void) | undefined;
}

/** What an import did to one table. */
export interface TableChange {
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface ImportSummary {
  readonly domain: string;
  readonly name: string;
  /** Key of `vitrine_import_run`, where this summary is kept. */
  readonly importRunId: number;
  readonly seconds: number;
  readonly files: readonly StagedFile[];
  readonly tables: readonly TableChange[];
  /** Models that are rebuilt, because too many rows were written to log each; until then they are read live. */
  readonly rebuilds: readonly string[];
  /** Lines refused, lines mended, lines to look at; each is a row of `vitrine_import_reject`. */
  readonly rejects: number;
  readonly corrections: number;
  readonly warnings: number;
  /** The remarks by file and reason, each with how often and where first. */
  readonly remarks: readonly ImportRemark[];
}

/** A shop at work may make an import the victim of a deadlock: then it is done again from the start. */
const attempts = 3;

/** The row of `vitrine_lease` that an import locks while it runs. */
const lockOf = (domain: string, name: string): string => `import:${domain}:${name}`;

/** A column, a table, a procedure. */
const missing: ReadonlySet<number> = new Set([1054, 1146, 1305]);

/**
 * Imports files of a domain in one transaction, whose rows are all of one time: all of them, or nothing. Rows that do not differ are not
 * written, so the same files again change nothing. Lines that cannot be loaded are listed in
 * `vitrine_import_reject`, those of the run before are forgotten. Two runs of an import never overlap. Each is a row of
 * the run log, whatever becomes of it. No line stays staged.
 *
 * @throws VitrineError USAGE when the domain has no such import; IMPORT_INPUT for a missing file or column, a
 * file that is no text, is empty or cut; IMPORT_REFUSED when nothing of a file could be loaded, too much would be
 * deleted, or with `strict` a line was refused; IMPORT_LOCKED while another import runs; CANCELLED.
 */
export async function importFiles(options: ImportOptions): Promise<ImportSummary> {
  const { admin, domain, signal, onMissed } = options;
  const chosen = chooseImport(domain, options);
  const subject = { kind: "import", name: `${domain.name} ${chosen.name}` } as const;
  const work = async (run: RunNotes) => {
    const summary = await importUntilDone(chosen, options);
    run.rows(summary.tables.reduce((sum, one) => sum + rowsOf(one), 0));
    return summary;
  };
  return recordRun(admin, subject, work, { signal, onMissed });
}

const rowsOf = ({ inserted, updated, deleted }: TableChange): number => inserted + updated + deleted;

async function importUntilDone(chosen: ChosenImport, options: ImportOptions): Promise<ImportSummary> {
  const { admin, dir, signal } = options;
  const files = await findFiles(dir, chosen.definition);
  for (let attempt = 1; ; attempt++) {
    try {
      return await admin.withConnection(async (connection) => {
        const summary = await importOnce(connection, files, chosen, options);
        await analyzeTables(connection, summary.tables);
        return summary;
      });
    } catch (error) {
      if (signal?.aborted)
        throw new VitrineError("CANCELLED", "The import was stopped; nothing was imported.");
      const fault = sqlErrorOf(error);
      if (fault !== undefined && missing.has(fault.errno))
        throw new VitrineError(
          "MIGRATIONS_PENDING",
          `The import needs what is not there: ${fault.message}. Run \`vitrine migrate up\` first.`,
          { cause: error },
        );
      if (fault?.errno !== 1213 || attempt === attempts) throw error;
    }
  }
}

async function importOnce(
  connection: MariaDbConnection,
  files: readonly FoundFile[],
  chosen: ChosenImport,
  options: ImportOptions,
): Promise<ImportSummary> {
  const { admin, signal } = options;
  const end = () => void admin.killQuery(connection);
  signal?.addEventListener("abort", end, { once: true });
  try {
    const { summary, bulkTables } = await writeRows(connection, files, chosen, options);
    // The last moment to stop: a commit that is under way is not taken back.
    signal?.throwIfAborted();
    signal?.removeEventListener("abort", end);
    if (bulkTables.length > 0) await commitBulk(connection, bulkTables);
    else await connection.run("commit");
    return summary;
  } catch (error) {
    // Now, and not a moment after the connection is closed: the next import needs the lock.
    await connection.run("rollback").catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** All of an import but its commit. */
async function writeRows(
  connection: MariaDbConnection,
  files: readonly FoundFile[],
  { name, definition }: ChosenImport,
  options: ImportOptions,
): Promise<{ readonly summary: ImportSummary; readonly bulkTables: readonly string[] }> {
  const { domain, progress = noProgress, signal, lockWaitSeconds = 10 } = options;
  const started = performance.now();
  await openStaging(connection, definition);
  await connection.run("set transaction isolation level read committed");
  await connection.run("start transaction");
  const lock = lockOf(domain.name, name);
  await takeLock(connection, lock, lockWaitSeconds);
  const importRunId = await beginImportRun(connection, domain.name, name);
  const imported = { domain: domain.name, files: definition.files.flatMap(formsOf) };
  await clearRemarks(connection, imported);

  const staged: StagedFile[] = [];
  for (const { path, definition: file } of files)
    staged.push(await stageFile(connection, path, file, progress, signal));
  await holdTime(connection);
  const { tables, bulkTables } = await callProcedures(connection, { files, staged, definition }, options);
  await releaseTime(connection);
  for (const { definition: file } of files) await noteFaults(connection, domain.name, file);
  for (const file of staged) if (file.unfinished) await noteUnfinished(connection, domain.name, file);
  const remarks = await readRemarks(connection, imported);
  await refuseEmptied(connection, files, staged, remarks);
  if (options.strict) refuseRejects(remarks);
  const count = (severity: ImportRemark["severity"]) =>
    remarks.reduce((sum, remark) => sum + (remark.severity === severity ? remark.count : 0), 0);
  const summary: ImportSummary = {
    domain: domain.name,
    name,
    importRunId,
    seconds: Math.round(performance.now() - started) / 1000,
    files: staged,
    tables,
    rebuilds: await readModelsReading(connection, bulkTables),
    rejects: count("reject"),
    corrections: count("correction"),
    warnings: count("warning"),
    remarks,
  };
  await endImportRun(connection, importRunId, JSON.stringify(summary));
  await closeStaging(connection, definition);
  await dropLease(connection, lock);
  return { summary, bulkTables };
}

/**
 * Tables that were opened when they were empty are planned as if they still were: `npm run test:scale`, which imports
 * and mirrors a shop of scale 1, took 400 s instead of 48. The import is over: it does not fail here.
 */
async function analyzeTables(connection: MariaDbConnection, tables: readonly TableChange[]): Promise<void> {
  const changed = tables.filter((one) => one.inserted + one.updated + one.deleted > 0);
  if (changed.length === 0) return;
  try {
    const captured = await connection.query<{ name: string }>(
      `select distinct event_object_table as name from information_schema.triggers
      where trigger_schema = database() and trigger_name like '%\\_capture'`,
    );
    const names = new Set([...captured.map(({ name }) => name), ...changed.map(({ table }) => table)]);
    await connection.query(`analyze table ${[...names].map(quoteName).join(", ")}`);
  } catch {
    // The rows are there; the server counts them by itself sooner or later.
  }
}

/** A row lock until the end of the transaction: it is gone with its owner, whatever happens to that. */
async function takeLock(connection: MariaDbConnection, lock: string, waitSeconds: number): Promise<void> {
  try {
    await lockLease(connection, lock, waitSeconds);
  } catch (error) {
    if (sqlErrorOf(error)?.errno !== 1205) throw error;
    const [, domain, name] = lock.split(":");
    throw new VitrineError(
      "IMPORT_LOCKED",
      `The import ${name} of ${domain} is running already. Wait until it has ended.`,
      { cause: error },
    );
  }
}
