import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { ViewTexts } from "./lineage.ts";
import { prepareParser, readViewText } from "./read-view-text.ts";
import { readNamedTables, readTableNames, showView } from "./read-views.ts";
import { Refusal } from "./refusal.ts";
import { hasDoubtfulNames, resolveNames } from "./resolve-names.ts";
import type { Query } from "./sql-tree.ts";
import { tablesOf } from "./tables-of.ts";

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
  const { views: names, taken } = await readTableNames(db);
  const read = new Map<string, Query | Refusal>();
  const queue = [...views];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (read.has(name) || !names.has(name)) continue;
    const text = await readText(db, name, taken);
    read.set(name, text);
    if (!(text instanceof Refusal)) queue.push(...tablesOf(text));
  }
  return read;
}

/** @param taken names of all tables and views, in lower case */
async function readText(
  db: Pick<Queryable, "query">,
  view: string,
  taken: ReadonlySet<string>,
): Promise<Query | Refusal> {
  try {
    const query = readViewText(await showView(db, view));
    if (!hasDoubtfulNames(query, taken)) return query;
    return resolveNames(query, (await readNamedTables(db, view)).named, taken);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
