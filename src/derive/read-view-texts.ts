import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { ViewTexts } from "./lineage.ts";
import { prepareParser, readViewText } from "./read-view-text.ts";
import { showView } from "./read-views.ts";
import { Refusal } from "./refusal.ts";
import type { Query } from "./sql-tree.ts";
import { commonTablesOf, tablesOf } from "./tables-of.ts";

/**
 * The texts of views and of all views beneath them, as the server tells them; the right to see views is enough. Unlike
 * `readViews` it is not tried whether they were understood as the server does: nothing may depend on them but what
 * people are told, and what is refused when in doubt.
 */
export async function readViewTexts(
  db: Pick<Queryable, "query">,
  views: readonly string[],
): Promise<ViewTexts> {
  await prepareParser();
  const rows = await db.query<{ name: string; isView: unknown }>(
    "select table_name as name, table_type = 'VIEW' as isView from information_schema.tables where table_schema = database()",
  );
  const names = new Set(rows.filter(({ isView }) => Number(isView) === 1).map(({ name }) => name));
  const taken = new Set(rows.map(({ name }) => name.toLowerCase()));
  const read = new Map<string, Query | Refusal>();
  const queue = [...views];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (read.has(name) || !names.has(name)) continue;
    const text = readText(await showView(db, name), taken);
    read.set(name, text);
    if (!(text instanceof Refusal)) queue.push(...tablesOf(text));
  }
  return read;
}

/** @param taken names of all tables and views, in lower case */
function readText(text: string, taken: ReadonlySet<string>): Query | Refusal {
  try {
    const query = readViewText(text);
    // The server writes the table `database.name` and the query of WITH `name` alike.
    const twice = commonTablesOf(query).find((name) => taken.has(name.toLowerCase()));
    if (twice !== undefined)
      return new Refusal(`WITH and a table have one name, ${twice}. Give the query of WITH another.`);
    return query;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
