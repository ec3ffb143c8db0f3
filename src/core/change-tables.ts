import {
  type MariaDb,
  type MariaDbConnection,
  type Queryable,
  quoteName,
  sqlErrorOf,
} from "../stores/mariadb/mariadb.ts";
import { deleteByIds } from "./delete-by-ids.ts";

/**
 * The change tables, one per captured table, and the tables `vitrine_captured_table` and `vitrine_touched_view`, which
 * say what there is of them.
 */

/** The changes of one captured table, and what they may touch. */
export interface ChangeTable {
  /** The captured table. */
  readonly source: string;
  /** Where its changes are, each with the keys of a row. */
  readonly name: string;
  /** By model: the view that says which of its documents a change may alter. */
  readonly views: ReadonlyMap<string, string>;
}

/** One row of a change table. */
export interface Change {
  readonly table: ChangeTable;
  readonly id: string;
  /** UTC, microseconds, as MariaDB prints it: such texts compare as times do. */
  readonly loggedAt: string;
  /** Which row was written is not known: its table was altered, and the trigger could not log the keys. */
  readonly isUnnamed?: true;
}

/** Stands where the columns are listed that differ, in place of the keys of a row that could not be logged. */
export const unnamedRow = "?";

const NO_SUCH_TABLE = 1146;

/** The names are read again after so long. */
const NAMES_KEPT_MS = 5000;

interface TouchedRow {
  readonly source: string;
  readonly name: string;
  readonly model: string | null;
  readonly view: string | null;
}

/** All change tables that the connection sees, by name of the captured table. */
export async function readChangeTables(db: Queryable): Promise<readonly ChangeTable[]> {
  const rows = await db.query<TouchedRow>(
    `select t.source_table as source, t.change_table as name, v.model, v.touched_view as view
    from vitrine_captured_table as t left join vitrine_touched_view as v on v.source_table = t.source_table
    order by t.source_table, v.model`,
  );
  const tables = new Map<string, ChangeTable & { readonly views: Map<string, string> }>();
  for (const { source, name, model, view } of rows) {
    const table = tables.get(source) ?? { source, name, views: new Map() };
    tables.set(source, table);
    if (model !== null && view !== null) table.views.set(model, view);
  }
  return [...tables.values()];
}

const namesKey = "change tables";

/**
 * Runs `work` with the tables as they were five seconds ago, or later: for whoever only wants to know how far the mirror
 * is. When one of them is not there any more it is run once more, with those of now.
 */
export async function withKnownTables<T>(
  db: MariaDb,
  work: (tables: readonly ChangeTable[]) => Promise<T>,
): Promise<T> {
  const read = () => db.remember(namesKey, NAMES_KEPT_MS, () => readChangeTables(db));
  try {
    return await work(await read());
  } catch (error) {
    if (sqlErrorOf(error)?.errno !== NO_SUCH_TABLE) throw error;
    db.forget(namesKey);
    return work(await read());
  }
}

/** The touched views of each model, by its name. */
export async function readTouchedViews(db: Queryable): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.query<{ model: string; view: string }>(
    "select model, touched_view as view from vitrine_touched_view",
  );
  const views = new Map<string, string[]>();
  for (const { model, view } of rows) views.set(model, [...(views.get(model) ?? []), view]);
  return views;
}

/** Those that a model's documents depend on. */
export const changeTablesOf = (tables: readonly ChangeTable[], model: string): readonly ChangeTable[] =>
  tables.filter(({ views }) => views.has(model));

/** The first `limit` changes of each of these tables after an id ("0": from the first), as the connection sees them. */
export async function readChanges(
  connection: Queryable,
  from: readonly { readonly table: ChangeTable; readonly after: string }[],
  limit: number,
): Promise<readonly Change[]> {
  if (from.length === 0) return [];
  const parts = from.map(
    ({ table }, index) =>
      `(select ${index} as t, vitrine_id as id, vitrine_at as loggedAt, vitrine_changed <=> '${unnamedRow}' as unnamed
      from ${quoteName(table.name)}
      where vitrine_id > cast(? as unsigned) order by vitrine_id limit ${limit})`,
  );
  const rows = await connection.query<Record<"t" | "id" | "unnamed", string | number> & { loggedAt: string }>(
    parts.join(" union all "),
    from.map(({ after }) => after),
  );
  return rows.flatMap(({ t, id, loggedAt, unnamed }) => {
    const table = from[Number(t)]?.table;
    return table
      ? [{ table, id: String(id), loggedAt, ...(Number(unnamed) === 1 ? { isUnnamed: true } : {}) }]
      : [];
  });
}

/** Ids by change table. */
export type ChangeIds = ReadonlyMap<string, ReadonlySet<string>>;

/** Deletes exactly these changes. */
export async function deleteChanges(
  connection: MariaDbConnection,
  changes: readonly Change[],
): Promise<number> {
  let deleted = 0;
  for (const [table, ids] of idsByTable(changes))
    deleted += await deleteByIds(connection, { table, key: "vitrine_id" }, ids);
  return deleted;
}

/** The ids of changes by the name of their change table. */
export function idsByTable(changes: readonly Change[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { table, id } of changes) {
    const known = ids.get(table.name);
    if (known) known.push(id);
    else ids.set(table.name, [id]);
  }
  return ids;
}

/** Whether one of these tables holds so many changes, or more. */
export async function isOneLongerThan(
  db: Queryable,
  tables: readonly ChangeTable[],
  changes: number,
): Promise<boolean> {
  for (const { name } of tables) {
    const found = await db.query(
      `select 1 from ${quoteName(name)} order by vitrine_id limit 1 offset ${changes - 1}`,
    );
    if (found.length > 0) return true;
  }
  return false;
}

/** When the oldest change of these tables was logged; null: they are empty. */
export async function readOldestChange(
  db: Queryable,
  tables: readonly ChangeTable[],
): Promise<string | null> {
  const heads = await readChanges(
    db,
    tables.map((table) => ({ table, after: "0" })),
    1,
  );
  return heads.map(({ loggedAt }) => loggedAt).sort()[0] ?? null;
}

/** Notes which change tables there are, and forgets those that are not there any more. */
export async function noteChangeTables(
  db: Pick<Queryable, "run">,
  tables: readonly Pick<ChangeTable, "source" | "name">[],
): Promise<void> {
  const rows = tables.map(({ source, name }) => [source, name]);
  if (rows.length > 0)
    await db.run(
      `insert into vitrine_captured_table (source_table, change_table) values ?
      on duplicate key update change_table = values(change_table)`,
      [rows],
    );
  await db.run("delete from vitrine_captured_table where source_table not in (?)", [
    ["", ...tables.map(({ source }) => source)],
  ]);
}

/**
 * Notes that changes of these tables may wait that were logged without a key. Until `forgetLackingKeys`: whoever stops in
 * between leaves it to the next.
 */
export async function noteLackingKeys(db: Pick<Queryable, "run">, sources: readonly string[]): Promise<void> {
  if (sources.length === 0) return;
  await db.run("update vitrine_captured_table set lacks_keys = true where source_table in (?)", [sources]);
}

/** Such changes cannot tell what they touch: the models that read their tables. */
export async function readModelsLackingKeys(db: Queryable): Promise<readonly string[]> {
  const rows = await db.query<{ model: string }>(
    `select distinct model from vitrine_touched_view join vitrine_captured_table using (source_table)
    where lacks_keys order by model`,
  );
  return rows.map(({ model }) => model);
}

/** No such change waits any more, or what it touches is rebuilt. */
export async function forgetLackingKeys(db: Pick<Queryable, "run">): Promise<void> {
  await db.run("update vitrine_captured_table set lacks_keys = false where lacks_keys");
}

/** A view that says which documents of a model the changes of a table may alter. */
export interface TouchedView {
  readonly model: string;
  readonly source: string;
  readonly view: string;
}

/** Notes which touched views there are, and forgets the others. */
export async function noteTouchedViews(db: Queryable, views: readonly TouchedView[]): Promise<void> {
  const rows = views.map(({ model, source, view }) => [model, source, view]);
  if (rows.length > 0)
    await db.run("replace into vitrine_touched_view (model, source_table, touched_view) values ?", [rows]);
  const noted = await db.query<{ model: string; source: string }>(
    "select model, source_table as source from vitrine_touched_view",
  );
  for (const { model, source } of noted)
    if (!views.some((view) => view.model === model && view.source === source))
      await db.run("delete from vitrine_touched_view where model = ? and source_table = ?", [model, source]);
}
