import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { printQuery } from "./print-query.ts";
import { readViewText } from "./read-view-text.ts";
import { Refusal, refuse } from "./refusal.ts";
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
  const names = new Set(
    (
      await db.query<{ name: string }>(
        "select table_name as name from information_schema.views where table_schema = database()",
      )
    ).map((row) => row.name),
  );
  // A table is read with the right to read alone.
  if (!names.has(view)) return new Map();
  return withScratchView(db, async (scratch) => {
    const read = new Map<string, ViewText>();
    const queue = [view];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (read.has(name) || !names.has(name)) continue;
      const text = await readView(db, name, scratch);
      read.set(name, text);
      if (!(text instanceof Refusal)) queue.push(...tablesOf(text));
    }
    return read;
  });
}

async function readView(db: Queryable, name: string, scratch: ScratchView): Promise<ViewText> {
  try {
    const text = await showView(db, name);
    const query = readViewText(text);
    await checkRoundTrip(db, text, query, scratch);
    return query;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

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
