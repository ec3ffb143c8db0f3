import { noteFile } from "../core/import-rejects.ts";
import type { ImportLoad } from "../models/import-definition.ts";
import { type MariaDbConnection, quoteName, type Row } from "../stores/mariadb/mariadb.ts";
import type { StagedImport } from "./call-procedures.ts";
import type { FoundFile } from "./find-files.ts";
import type { ImportOptions, TableChange } from "./import-files.ts";
import { namedTableOf, sameKey } from "./load-rows.ts";
import { refuseLoss } from "./refuse-import.ts";

/** The file of a load, if it is there. */
export const findFileOf = (files: readonly FoundFile[], load: ImportLoad): FoundFile | undefined =>
  files.find(({ declared }) => declared === load.file);

/**
 * Deletes the rows that whole files lack, the last table loaded first: see ImportLoad. The changes of the tables, with
 * what was deleted.
 * @throws VitrineError IMPORT_REFUSED when it is too much
 */
export async function deleteMissing(
  connection: MariaDbConnection,
  { files, staged, definition }: StagedImport,
  { domain, allowDeletes }: ImportOptions,
  changes: readonly TableChange[],
): Promise<readonly TableChange[]> {
  const deleted = new Map<string, number>();
  for (const load of definition.procedures.toReversed()) {
    const file = typeof load === "string" ? undefined : findFileOf(files, load)?.definition.file;
    if (typeof load === "string" || file === undefined) continue;
    const warn = (reason: string) => noteFile(connection, { domain: domain.name, file, reason });
    const { losing, concerned } = await countMissing(connection, load);
    if (losing === 0) continue;
    if (staged.some((one) => one.file === file && one.unfinished)) {
      await warn(`deletes nothing, as it may be cut; it lacks ${losing} rows`);
      continue;
    }
    if (await namesAnyRow(connection, load)) {
      await warn(`deletes nothing, as a line cannot be told whose it is; it lacks ${losing} rows`);
      continue;
    }
    refuseLoss({ file, losing, concerned }, staged, allowDeletes);
    // Ignored: rows that others refer to.
    await connection.run(`delete ignore t ${missingFrom(load)}`);
    const kept = (await countMissing(connection, load)).losing;
    if (kept > 0) await warn(`lacks ${kept} rows that others refer to, which stay`);
    deleted.set(load.table, losing - kept);
  }
  return changes.map((change) => ({ ...change, deleted: change.deleted + (deleted.get(change.table) ?? 0) }));
}

const missingFrom = (load: ImportLoad): string => {
  const [table, named] = [load.table, namedTableOf(load)].map(quoteName);
  return `from ${table} t where not exists (select 1 from ${named} n where ${sameKey("n", "t", load.key)})`;
};

async function countMissing(connection: MariaDbConnection, load: ImportLoad) {
  const [row] = await connection.query<Row>(
    `select (select count(*) ${missingFrom(load)}) as losing, (select count(*) from ${quoteName(load.table)}) as concerned`,
  );
  return { losing: Number(row?.losing), concerned: Number(row?.concerned) };
}

/** A line whose key cannot be read may be of any row. */
async function namesAnyRow(connection: MariaDbConnection, load: ImportLoad): Promise<boolean> {
  const rows = await connection.query(
    `select 1 from ${quoteName(namedTableOf(load))} where ${load.key.map((column) => `${quoteName(column)} is null`).join(" or ")} limit 1`,
  );
  return rows.length > 0;
}
