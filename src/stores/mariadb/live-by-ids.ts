import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { parseDocumentIds } from "../conversion/document-id.ts";
import type { Filter } from "../document-store.ts";
import { equalsAny, filterColumn, joinSql, toSqlFilter } from "./live-filter.ts";
import { type MariaDbConnection, quoteName } from "./mariadb.ts";
import {
  type FoundDocuments,
  keyColumn,
  nothingFound,
  readRows,
  type StatementSettings,
  toDocumentsSql,
  together,
  toInvalidRow,
  toStatement,
} from "./read-rows.ts";
import { isDocumentFault } from "./sql-faults.ts";
import { type LiveView, readKeyView, readView } from "./text-columns.ts";

/** Above 999 values MariaDB may turn an `in` list into a join of a derived table: 563 ms instead of 8 (measured). */
export const MAX_IDS = 999;

/** How documents are read by their ids. */
export interface ByIdSettings extends StatementSettings {
  /** Documents that do not fit are not there, also those that cannot be given. */
  readonly where?: Filter | null | undefined;
}

/**
 * Reads the documents with these ids in the connection's transaction: by one statement up to MAX_IDS, unless some
 * document makes it fail. Ids without a document, and text that is no id, are in neither map.
 */
export async function readDocuments(
  connection: MariaDbConnection,
  model: DocumentModel,
  ids: readonly DocumentId[],
  settings: ByIdSettings = {},
): Promise<FoundDocuments> {
  const wanted = parseDocumentIds(model, ids);
  if (wanted.length === 0) return nothingFound();
  const view = await (settings.where ? readView(connection, model) : readKeyView(connection, model));
  if (wanted.length <= MAX_IDS) return readApart(connection, view, wanted, settings);
  // In order: groups of facts whose ids follow each other are of few days, which an index finds.
  const all = [...wanted].sort();
  const parts: FoundDocuments[] = [];
  for (let from = 0; from < all.length; from += MAX_IDS)
    parts.push(await readApart(connection, view, all.slice(from, from + MAX_IDS), settings));
  return together(parts);
}

/** Halves the ids until the documents that fail stand alone. A snapshot outlives a failed statement. */
export async function readApart(
  connection: MariaDbConnection,
  view: LiveView,
  ids: readonly DocumentId[],
  settings: ByIdSettings,
): Promise<FoundDocuments> {
  const [only] = ids;
  if (only === undefined) return nothingFound();
  const { where, fields } = settings;
  const condition = where ? toSqlFilter(view, where) : undefined;
  try {
    return await readRows(
      connection,
      view,
      toDocumentsSql(view, ids, { fields, where: condition }),
      settings,
    );
  } catch (error) {
    if (!isDocumentFault(error)) throw error;
    if (ids.length === 1) {
      if (where && !(await doesFit(connection, view, only, { ...settings, where }))) return nothingFound();
      const refused = toInvalidRow(view.model, only, "cannot be computed: MariaDB refuses to", error);
      return { documents: new Map(), invalid: new Map([[only, refused]]) };
    }
  }
  const half = ids.length >> 1;
  const first = await readApart(connection, view, ids.slice(0, half), settings);
  return together([first, await readApart(connection, view, ids.slice(half), settings)]);
}

/** Whether a document that cannot be given is there all the same: of one of which even that cannot be told, it is not. */
async function doesFit(
  connection: MariaDbConnection,
  view: LiveView,
  id: DocumentId,
  { where, ...settings }: ByIdSettings & { readonly where: Filter },
): Promise<boolean> {
  const key = filterColumn(view, view.model.key);
  const { sql, values } = joinSql([equalsAny(key, [id]), toSqlFilter(view, where)], "and", "true");
  const text = `select ${quoteName(keyColumn(view.model))} from ${quoteName(view.model.name)} where ${sql}`;
  try {
    return (await connection.query(toStatement(text, settings), values)).length > 0;
  } catch (error) {
    if (isDocumentFault(error)) return false;
    throw error;
  }
}
