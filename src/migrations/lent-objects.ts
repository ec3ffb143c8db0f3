import { prepareParser, readViewText } from "../derive/read-view-text.ts";
import { showView } from "../derive/read-views.ts";
import { Refusal } from "../derive/refusal.ts";
import { messageOf, VitrineError } from "../errors.ts";
import { enginePrefix } from "../models/engine-names.ts";
import type { Domain } from "../models/project.ts";
import { type MariaDb, type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { isCascading, readForeignKeys } from "./foreign-keys.ts";
import { readMadeObjects } from "./made-objects.ts";
import { readSqlFiles } from "./sql-files.ts";
import { readNames } from "./sql-text.ts";

interface LentView {
  readonly name: string;
  /** In the server's words. */
  readonly text: string;
}

/** What a project needs of its database and none of its files makes. */
export interface LentObjects {
  /** Statements that make tables. */
  readonly tables: readonly string[];
  readonly views: readonly LentView[];
}

interface Needs {
  readonly sqlDir: string;
  readonly domains: readonly Domain[];
  readonly needed?: readonly string[];
}

/** Reads the definitions of the tables and views that files or models name, and that are in the database only. */
export async function readLent(db: Queryable, { sqlDir, domains, needed = [] }: Needs): Promise<LentObjects> {
  const tables: string[] = [];
  const views: LentView[] = [];
  const files = await readSqlFiles(
    sqlDir,
    domains.map(({ name }) => name),
  );
  const made = new Set<string>();
  for (const { text } of files.versioned)
    for (const { kind, object } of readMadeObjects(text))
      if (kind === "table" || kind === "view") made.add(object.toLowerCase());
  for (const { kind, object } of files.repeatable) if (kind === "view") made.add(object.toLowerCase());
  const there = await readThere(db);
  const parents = await readCascadingParents(db);
  const queue = [
    ...needed,
    ...domains.flatMap(({ models, captured = [] }) => [
      ...models.map(({ name }) => name),
      ...captured.map(({ table }) => table),
    ]),
    ...files.repeatable.flatMap(({ kind, uses }) => (kind === "view" ? [...uses] : [])),
  ];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const object = there.get(name.toLowerCase());
    if (!object || made.has(name.toLowerCase()) || name.toLowerCase().startsWith(enginePrefix)) continue;
    made.add(name.toLowerCase());
    if (object.isView) {
      const text = await showView(db, object.name);
      views.push({ name: object.name, text });
      queue.push(...readNames(text));
    } else {
      tables.push(await showTable(db, object.name));
      queue.push(...(parents.get(object.name) ?? []));
    }
  }
  return { tables, views };
}

async function readThere(
  db: Queryable,
): Promise<ReadonlyMap<string, { readonly name: string; readonly isView: boolean }>> {
  const rows = await db.query<{ name: string; type: string }>(
    "select table_name as name, table_type as type from information_schema.tables where table_schema = database()",
  );
  return new Map(rows.map(({ name, type }) => [name.toLowerCase(), { name, isView: type === "VIEW" }]));
}

/** Tables whose writes change rows of a table by foreign keys: what capture logs of these depends on them. */
async function readCascadingParents(db: Queryable): Promise<ReadonlyMap<string, readonly string[]>> {
  const parents = new Map<string, string[]>();
  for (const { parent, child } of (await readForeignKeys(db)).filter(isCascading))
    parents.set(child, [...(parents.get(child) ?? []), parent]);
  return parents;
}

async function showTable(db: Queryable, name: string): Promise<string> {
  const [row] = await db.query<{ "Create Table": string }>(`show create table ${quoteName(name)}`);
  return row?.["Create Table"] ?? "";
}

/** Makes the tables, empty. */
export async function lendTables(scratch: MariaDb, { tables }: LentObjects): Promise<void> {
  if (tables.length === 0) return;
  // Tables that only their foreign keys name are not needed.
  await scratch.withConnection(async (connection) => {
    await connection.run("set foreign_key_checks = 0");
    for (const table of tables) await connection.run(table);
    await connection.run("set foreign_key_checks = 1");
  });
}

/**
 * Makes the views, those that others read first.
 * @returns those that could not be made, as they read what is not there yet
 * @throws VitrineError MIGRATION_FAILED with `isLast`, when there is one
 */
export async function lendViews(
  scratch: Queryable,
  views: readonly LentView[],
  isLast = false,
): Promise<readonly LentView[]> {
  let open = views;
  let reason = "";
  for (let count = open.length + 1; open.length > 0 && open.length < count; ) {
    count = open.length;
    const left: LentView[] = [];
    for (const view of open)
      try {
        await scratch.run(`create sql security invoker view ${quoteName(view.name)} as ${view.text}`);
      } catch (error) {
        reason = messageOf(error);
        left.push(view);
      }
    open = left;
  }
  const [first] = open;
  if (isLast && first)
    throw new VitrineError(
      "MIGRATION_FAILED",
      `View ${first.name}, which no file makes, cannot be read. ${(await findConstruct(first)) ?? `${reason}. Make it anew.`}`,
    );
  return open;
}

/** What a model's view may not have; null when its text has nothing of it. */
async function findConstruct({ text }: LentView): Promise<string | null> {
  await prepareParser();
  try {
    readViewText(text);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
