import { type ChangeTable, noteChangeTables, noteTouchedViews } from "../core/change-tables.ts";
import { distrustMirrorOf } from "../core/rebuild.ts";
import { changeTableOf } from "../models/derived-names.ts";
import type { CapturedTable } from "../models/project.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { readCapturedColumns } from "./captured-columns.ts";
import {
  type ChangeColumn,
  printChangeColumn,
  printChangeTable,
  toChangeColumn,
} from "./change-table-columns.ts";
import type { Execute } from "./migration-runner.ts";
import type { TouchedFile } from "./touched-files.ts";

/** Of a base table that is not there: a dry run looks at a database that has nothing yet. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "MIGRATION_FAILED";

/**
 * Makes the change tables of captured tables, and gives those that are there the columns that they lack, before any trigger
 * writes to them. What no trigger writes any more stays until `settleChangeTables`.
 * @returns the captured tables whose change tables were altered: changes that wait there lack a key
 */
export async function prepareChangeTables(
  db: Queryable,
  captured: readonly CapturedTable[],
  execute: Execute,
  options: { readonly dryRun?: boolean | undefined } = {},
): Promise<readonly string[]> {
  const altered: string[] = [];
  for (const table of captured) {
    const wanted = await readWanted(db, table, options.dryRun === true);
    if (!wanted) continue;
    const name = changeTableOf(table.table);
    const there = await readColumns(db, name);
    const sql = there.size === 0 ? printChangeTable(name, wanted) : printWidening(name, wanted, there);
    if (sql === null) continue;
    if (there.size > 0) altered.push(table.table);
    await execute({ action: "apply", name: `change table ${name}`, sql }, async () => {});
  }
  return altered;
}

/**
 * To be called when all triggers and touched views are in place: notes which change tables and touched views there are, and
 * drops the change tables, and their columns, that no trigger writes any more.
 */
export async function settleChangeTables(
  db: Queryable,
  {
    captured,
    touched,
  }: { readonly captured: readonly CapturedTable[]; readonly touched: readonly TouchedFile[] },
  execute: Execute,
  options: { readonly dryRun?: boolean | undefined } = {},
): Promise<void> {
  const tables = captured.map(
    ({ table }): Pick<ChangeTable, "source" | "name"> => ({
      source: table,
      name: changeTableOf(table),
    }),
  );
  if (!options.dryRun) {
    await noteTouchedViews(db, touched);
    await noteChangeTables(db, tables);
  }
  for (const table of captured) {
    const wanted = await readWanted(db, table, options.dryRun === true);
    if (!wanted) continue;
    const name = changeTableOf(table.table);
    const kept = new Set(wanted.map((column) => column.name.toLowerCase()));
    const left = [...(await readColumns(db, name)).keys()].filter((column) => !kept.has(column));
    if (left.length === 0) continue;
    const sql = `alter table ${quoteName(name)} ${left.map((column) => `drop column if exists ${quoteName(column)}`).join(", ")}`;
    await execute({ action: "apply", name: `change table ${name}`, sql }, async () => {});
  }
  const known = new Set(tables.map(({ name }) => name.toLowerCase()));
  for (const name of await readChangeTableNames(db))
    if (!known.has(name.toLowerCase()))
      await execute(
        { action: "drop", name: `change table ${name}`, sql: `drop table if exists ${quoteName(name)}` },
        async () => {},
      );
}

/**
 * Drops the one log of all tables that earlier releases had. What waits there nobody resolves any more: everything is
 * mirrored anew.
 */
export async function retireChangeLog(
  db: Queryable,
  execute: Execute,
  options: { readonly dryRun?: boolean | undefined } = {},
): Promise<void> {
  const ours = await db.query(
    `select 1 from information_schema.columns where table_schema = database() and table_name = 'change_log'
    and column_name in ('change_id', 'source_table', 'row_keys', 'changed', 'logged_at') having count(*) = 5`,
  );
  if (ours.length === 0) return;
  if (!options.dryRun) await distrustMirrorOf(db, null);
  await execute(
    { action: "drop", name: "table change_log", sql: "drop table if exists change_log" },
    async () => {},
  );
}

async function readWanted(
  db: Queryable,
  table: CapturedTable,
  dryRun: boolean,
): Promise<readonly ChangeColumn[] | undefined> {
  try {
    return (await readCapturedColumns(db, table)).keys.map(toChangeColumn);
  } catch (error) {
    if (dryRun && isMissing(error)) return undefined;
    throw error;
  }
}

/** Null when nothing is missing. */
function printWidening(
  table: string,
  wanted: readonly ChangeColumn[],
  there: ReadonlyMap<string, ChangeColumn>,
): string | null {
  const changes = wanted.flatMap((column) => {
    const found = there.get(column.name.toLowerCase());
    if (!found) return [`add column if not exists ${printChangeColumn(column)}`];
    const isSame = found.type === column.type && found.collation === column.collation;
    return isSame ? [] : [`modify column ${printChangeColumn(column)}`];
  });
  return changes.length === 0 ? null : `alter table ${quoteName(table)} ${changes.join(", ")}`;
}

/** The keys of a change table, by name in lower case; none when there is no such table. */
async function readColumns(db: Queryable, table: string): Promise<ReadonlyMap<string, ChangeColumn>> {
  const rows = await db.query<{ name: string; type: string; collation: string | null }>(
    `select column_name as name, column_type as type, collation_name as collation
    from information_schema.columns
    where table_schema = database() and table_name = ? and column_name not like 'vitrine\\_%'`,
    [table],
  );
  return new Map(rows.map((row) => [row.name.toLowerCase(), row]));
}

async function readChangeTableNames(db: Queryable): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type = 'BASE TABLE' and table_name like 'vitrine\\_change\\_%'
      and table_name <> 'vitrine_change_table'`,
  );
  return rows.map(({ name }) => name);
}
