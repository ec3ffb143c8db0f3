import type { ViewText } from "./read-views.ts";
import { Refusal } from "./refusal.ts";
import type { Query } from "./sql-tree.ts";
import { tablesOf } from "./tables-of.ts";

/** Whether a query reads a table, itself or through views; others give the same rows for ever. */
export function readsTables(
  query: Query,
  views: ReadonlyMap<string, ViewText>,
  isNamed: (name: string) => boolean = () => false,
): boolean {
  const own = new Set(query.with.map((table) => table.name.toLowerCase()));
  return tablesOf(query).some((name) => {
    if (own.has(name.toLowerCase())) return false;
    if (isNamed(name.toLowerCase())) return true;
    const view = views.get(name);
    return view === undefined || view instanceof Refusal || readsTables(view, views);
  });
}
