import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { ViewTexts } from "./lineage.ts";
import { prepareParser, readViewText } from "./read-view-text.ts";
import { showView } from "./read-views.ts";
import { Refusal } from "./refusal.ts";
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
  const rows = await db.query<{ name: string }>(
    "select table_name as name from information_schema.views where table_schema = database()",
  );
  const names = new Set(rows.map(({ name }) => name));
  const read = new Map<string, Query | Refusal>();
  const queue = [...views];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (read.has(name) || !names.has(name)) continue;
    const text = readText(await showView(db, name));
    read.set(name, text);
    if (!(text instanceof Refusal)) queue.push(...tablesOf(text));
  }
  return read;
}

function readText(text: string): Query | Refusal {
  try {
    return readViewText(text);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
