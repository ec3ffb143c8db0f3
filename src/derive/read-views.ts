import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { printQuery } from "./print-query.ts";
import { readViewText } from "./read-view-text.ts";
import { Refusal, refuse } from "./refusal.ts";
import {
  hasDoubtfulNames,
  listNamedTables,
  type NamedTable,
  qualifyTables,
  resolveNames,
} from "./resolve-names.ts";
import { type ScratchView, withScratchView } from "./scratch-view.ts";
import type { Query } from "./sql-tree.ts";
import { tablesOf } from "./tables-of.ts";

/** A view that was read, or why it was not understood. */
export type ViewText = Query | Refusal;

/**
 * Reads a view and all views beneath it. Each is printed again with all parentheses, and given to the server: when
 * the server's own form of that differs from the view's, it was not understood. Needs the right to create views.
 */
export async function readViews(db: Queryable, view: string): Promise<ReadonlyMap<string, ViewText>> {
  const { views, taken } = await readTableNames(db);
  // A table is read with the right to read alone.
  if (!views.has(view)) return new Map();
  return withScratchView(db, async (scratch) => {
    const read = new Map<string, ViewText>();
    const queue = [view];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (read.has(name) || !views.has(name)) continue;
      const text = await readView(db, name, { scratch, taken });
      read.set(name, text);
      if (!(text instanceof Refusal)) queue.push(...tablesOf(text));
    }
    return read;
  });
}

/** What there is in the database: its views, and in lower case the names of all tables and views. */
export async function readTableNames(
  db: Pick<Queryable, "query">,
): Promise<{ readonly views: ReadonlySet<string>; readonly taken: ReadonlySet<string> }> {
  const rows = await db.query<{ name: string; isView: unknown }>(
    "select table_name as name, table_type = 'VIEW' as isView from information_schema.tables where table_schema = database()",
  );
  return {
    views: new Set(rows.filter(({ isView }) => Number(isView) === 1).map(({ name }) => name)),
    taken: new Set(rows.map(({ name }) => name.toLowerCase())),
  };
}

interface Surroundings {
  readonly scratch: ScratchView;
  /** Names of all tables and views, in lower case. */
  readonly taken: ReadonlySet<string>;
}

async function readView(db: Queryable, name: string, { scratch, taken }: Surroundings): Promise<ViewText> {
  try {
    const text = await showView(db, name);
    const query = readViewText(text);
    if (!hasDoubtfulNames(query, taken)) {
      await checkRoundTrip(db, text, query, scratch);
      return query;
    }
    const { database, named } = await readNamedTables(db, name);
    await checkRoundTrip(db, text, qualifyTables(query, named, database), scratch);
    return resolveNames(query, named, taken);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * What the names of a view's text mean: \`show create view\` writes a table and a query of WITH alike, and this text the database before
 * each table. It is not the one to read from, for it has lost the letters that need four bytes.
 * @throws Refusal when a construct is not known
 */
export async function readNamedTables(
  db: Pick<Queryable, "query">,
  view: string,
): Promise<{ readonly database: string; readonly named: readonly NamedTable[] }> {
  const [row] = await db.query<{ text: string; name: string }>(
    `select view_definition as text, table_schema as name from information_schema.views
    where table_schema = database() and table_name = ?`,
    [view],
  );
  const { text = "", name: database = "" } = row ?? {};
  return {
    database,
    named: listNamedTables(readViewText(shortenNames(text, quoteName(database)), database)),
  };
}

/** Takes the database away before columns and routines, and leaves it before tables. */
const shortenNames = (text: string, own: string): string =>
  text.replace(/'(?:[^'\\]|\\[\s\S]|'')*'|(`(?:[^`]|``)*`)\.(?=`(?:[^`]|``)*`[.(])/g, (found, quoted) =>
    quoted === own ? "" : found,
  );

/** The query of a view in the server's words, its tables named without the database, which it does not always leave out. */
export async function showView(db: Pick<Queryable, "query">, name: string): Promise<string> {
  const rows = await db.query<{ "Create View": string }>(`show create view ${quoteName(name)}`);
  const [current] = await db.query<{ name: string }>("select database() as name");
  const text = rows[0]?.["Create View"] ?? "";
  const begin = ` VIEW ${quoteName(name)} AS `;
  const own = quoteName(current?.name ?? "");
  return text
    .slice(text.indexOf(begin) + begin.length)
    .replace(/ WITH (?:CASCADED|LOCAL) CHECK OPTION$/, "")
    .replace(/'(?:[^'\\]|\\[\s\S]|'')*'|(`(?:[^`]|``)*`)\./g, (found, quoted) =>
      quoted === own ? "" : found,
    );
}

/** @throws Refusal when the server nests what we print otherwise than the view. */
async function checkRoundTrip(
  db: Queryable,
  text: string,
  query: Query,
  scratch: ScratchView,
): Promise<void> {
  const printed = printQuery(query);
  const advice = "Write that expression in another way, as `if(a like b, 1, 0) = c`";
  try {
    await scratch.define(printed);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refuse(`Its text is not understood as the server does (${reason})`, `${advice}.`);
  }
  const again = await showView(db, scratch.name);
  if (again !== text)
    refuse(
      `Its text is not understood as the server does (near "${firstDifference(text, again)}")`,
      `${advice}.`,
    );
}

function firstDifference(text: string, again: string): string {
  let index = 0;
  while (index < text.length && text[index] === again[index]) index += 1;
  return text.slice(Math.max(0, index - 20), index + 40);
}
