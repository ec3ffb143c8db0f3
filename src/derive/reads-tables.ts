import type { ViewText } from "./read-views.ts";
import { Refusal } from "./refusal.ts";
import type { Query } from "./sql-tree.ts";
import { tablesOf } from "./tables-of.ts";

/** Whether a query may read a table, itself or through views; others give the same rows for ever. */
export const readsTables = (query: Query, views: ReadonlyMap<string, ViewText>): boolean =>
  query.with.length > 0 ||
  tablesOf(query).some((name) => {
    const view = views.get(name);
    return view === undefined || view instanceof Refusal || readsTables(view, views);
  });
