import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { readCatalogue } from "./catalogue.ts";
import type { Derivation, Refused } from "./derivation.ts";
import { deriveTouched } from "./derive-touched.ts";
import { prepareParser } from "./read-view-text.ts";
import { readViews } from "./read-views.ts";

/**
 * Reads a view, those beneath it and the tables from the current database, and says which documents a change may
 * alter. Makes and drops a view of its own, so it needs the rights of an administrator.
 */
export async function deriveModel(
  db: Queryable,
  view: string,
  keyColumn: string,
): Promise<Derivation | Refused> {
  await prepareParser();
  const views = await readViews(db, view);
  return deriveTouched({ view, keyColumn, views, catalogue: await readCatalogue(db) });
}
