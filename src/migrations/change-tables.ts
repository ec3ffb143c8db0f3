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
import { readServerBodies, type ServerBody } from "./server-bodies.ts";
import { maskSql, mentions } from "./sql-text.ts";

/** Of a base table that is not there: a dry run looks at a database that has nothing yet. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "MIGRATION_FAILED";

/** How to bring the change tables to what is captured, before any trigger writes to them. */
export interface ChangeTablePlan {
  readonly steps: readonly { readonly name: string; readonly sql: string }[];
  /** The captured tables whose change tables are altered: changes that wait there lack a key. */
  readonly altered: readonly string[];
}

/**
 * A new change table for a table that has none, and the columns that those which are there lack. What no trigger writes any
 * more stays until `dropUnusedParts`.
 * @param options.dryRun whether tables that are not there yet are passed over
 */
export async function planChangeTables(
  db: Queryable,
  captured: readonly CapturedTable[],
  options: { readonly dryRun?: boolean | undefined } = {},
): Promise<ChangeTablePlan> {
  const steps: ChangeTablePlan["steps"][number][] = [];
  const altered: string[] = [];
  for (const table of captured) {
    const wanted = await readWanted(db, table, options.dryRun === true);
    if (!wanted) continue;
    const name = changeTableOf(table.table);
    const there = await readColumns(db, name);
    const sql = there.size === 0 ? printChangeTable(name, wanted) : printWidening(name, wanted, there);
    if (sql === null) continue;
    if (there.size > 0) altered.push(table.table);
    steps.push({ name, sql });
  }
  return { steps, altered };
}

/**
 * Drops the change tables, and their columns, that are not of what is captured and that no trigger, routine, event or view names
 * any more: one that wrote to what is gone would make its own writer fail. In a dry run what goes in the same run names
 * them still, so all are told.
 */
export async function dropUnusedParts(
  db: Queryable,
  captured: readonly CapturedTable[],
  execute: Execute,
  options: { readonly dryRun?: boolean | undefined } = {},
): Promise<void> {
  const isUsed = options.dryRun ? () => false : await readUses(db);
  for (const table of captured) {
    const wanted = await readWanted(db, table, options.dryRun === true);
    if (!wanted) continue;
    const name = changeTableOf(table.table);
    const kept = new Set(wanted.map((column) => column.name.toLowerCase()));
    const left = [...(await readColumns(db, name)).keys()].filter(
      (column) => !kept.has(column) && !isUsed(name, column),
    );
    if (left.length === 0) continue;
    const sql = `alter table ${quoteName(name)} ${left.map((column) => `drop column if exists ${quoteName(column)}`).join(", ")}`;
    await execute({ action: "apply", name: `change table ${name}`, sql }, async () => {});
  }
  const known = new Set(captured.map(({ table }) => changeTableOf(table).toLowerCase()));
  for (const name of await readChangeTableNames(db))
    if (!known.has(name.toLowerCase()) && !isUsed(name))
      await execute(
        { action: "drop", name: `change table ${name}`, sql: `drop table if exists ${quoteName(name)}` },
        async () => {},
      );
}

/** Answers whether a trigger, a routine, an event or a view names a change table, and this column of it. */
async function readUses(db: Queryable): Promise<(table: string, column?: string) => boolean> {
  const bodies = await readServerBodies(db);
  const views = await db.query<{ text: string }>(
    "select view_definition as text from information_schema.views where table_schema = database()",
  );
  return (table, column = table) =>
    bodies.some((body) => isUsedBy(body, table, column)) ||
    views.some(({ text }) => mentions(text, table) && mentions(text, column));
}

/** Rather yes than no: a column too many costs little, and one too few makes somebody's write fail. */
function isUsedBy({ table: own, text }: ServerBody, table: string, column: string): boolean {
  // Strings too: a routine may put a text together and execute it.
  if (own === null) return mentions(text, table) && mentions(text, column);
  // A trigger may not, and those that capture list the columns of their own table in strings.
  const masked = maskSql(text);
  if (own.toLowerCase() === table.toLowerCase()) return column === table || mentions(masked, column);
  const others = masked.replace(/\b(?:old|new)\s*\.\s*(?:`[^`]*`|[\p{L}\p{N}_$]+)/giu, " ");
  return mentions(others, table) && mentions(others, column);
}

/** Whether the one log of all tables is there that earlier releases had. */
export async function isChangeLogThere(db: Queryable): Promise<boolean> {
  const ours = await db.query(
    `select 1 from information_schema.columns where table_schema = database() and table_name = 'change_log'
    and column_name in ('change_id', 'source_table', 'row_keys', 'changed', 'logged_at') having count(*) = 5`,
  );
  return ours.length > 0;
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
    where table_schema = database() and table_type = 'BASE TABLE' and table_name like 'vitrine\\_change\\_%'`,
  );
  return rows.map(({ name }) => name);
}
