import { findAliasesBehind } from "../derive/aliases-behind.ts";
import { type KnownTables, readKnownTables } from "../derive/read-shapes.ts";
import { readViews } from "../derive/read-views.ts";
import { type CubeModel, isCube } from "../models/cube.ts";
import type { DocumentModel } from "../models/model.ts";
import { isRollUp } from "../models/roll-up.ts";
import { toCubeSql } from "../stores/mariadb/live-cube.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { readView } from "../stores/mariadb/text-columns.ts";

/** A question that reads more than it needs. */
export interface NeedlessJoin {
  readonly cube: string;
  /** Null: any question, whatever it is about. */
  readonly dimension: string | null;
  /** Tables, as the view calls them. */
  readonly tables: readonly string[];
}

/**
 * The tables that a question about a cube reads live without need: what the server's plan of a question over one
 * dimension names, less what the view's text says that the dimension needs; and what is inner-joined, and so read by any
 * question. Of a view that cannot be read nothing is said. Makes and drops a view of its own.
 */
export async function findNeedlessJoins(
  db: MariaDb,
  models: readonly DocumentModel[],
): Promise<readonly NeedlessJoin[]> {
  // Groups that are kept ready are read in the mirror; live the facts are asked.
  const cubes = models.filter((model) => isCube(model)).filter((model) => !isRollUp(model));
  if (cubes.length === 0) return [];
  const tables = await readKnownTables(db);
  const found: NeedlessJoin[] = [];
  for (const cube of cubes) found.push(...(await checkCube(db, cube, tables)));
  return found;
}

async function checkCube(
  db: MariaDb,
  cube: CubeModel,
  { catalogue }: KnownTables,
): Promise<readonly NeedlessJoin[]> {
  const views = await readViews(db, cube.name);
  const behind = (field: string) =>
    findAliasesBehind(cube.columns[field] ?? "", { view: cube.name, views, catalogue });
  const found: NeedlessJoin[] = [];
  const add = (dimension: string | null, read: readonly string[], needed: ReadonlySet<string>) => {
    const tables = read.filter((table) => !needed.has(table));
    if (tables.length > 0) found.push({ cube: cube.name, dimension, tables });
  };
  const key = behind(cube.key);
  if (key === null) return [];
  const always = (await explainQuestion(db, cube, [])).filter((table) => key.all.has(table));
  add(null, always, key.own);
  // Periods of one field read what the field does.
  const dimensions = Object.values(cube.cube.dimensions).filter(
    ({ field }, at, all) => all.findIndex((other) => other.field === field) === at,
  );
  for (const { name, field } of dimensions) {
    const needed = behind(field);
    if (needed !== null) add(name, await explainQuestion(db, cube, [name]), needed.all);
  }
  return found;
}

/** The tables of FROM that the plan of a question over these dimensions names. */
async function explainQuestion(
  db: MariaDb,
  cube: CubeModel,
  set: readonly string[],
): Promise<readonly string[]> {
  const question = { sets: [set], measures: [], where: null, having: null, orderBy: [] };
  const plan = await db.withConnection(async (connection) => {
    const view = await readView(connection, cube);
    const { sql, values } = toCubeSql(view, { ...question, limit: 1, withTies: false });
    return connection.query<{ table: string | null; select_type: string }>(`explain ${sql}`, values);
  });
  const rows = plan.filter(({ select_type }) => /^(?:PRIMARY|SIMPLE|DERIVED)$/.test(select_type));
  const tables = rows.flatMap(({ table }) => (table === null || table.startsWith("<") ? [] : [table]));
  return [...new Set(tables)];
}

/** The same for people. */
export function describeNeedlessJoin({ cube, dimension, tables }: NeedlessJoin): string {
  const names = tables.join(" and ");
  if (dimension === null)
    return `Costly: every question about ${cube} reads ${names}, for it decides which facts there are. Where each fact has one row of it, left-join it on a unique key.`;
  return `Costly: a question over ${cube}.${dimension} reads ${names} without need. Left-join on unique keys, and a join that leads on to another within parentheses: a left join (b left join c on …) on ….`;
}
