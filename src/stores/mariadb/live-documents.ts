import type { VitrineError } from "../../errors.ts";
import { extend } from "../../extend.ts";
import type { ScalarField } from "../../models/field.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { NO_ID } from "../conversion/document-id.ts";
import { storedNames } from "../conversion/stored-fields.ts";
import { type FilterValue, type PageRequest, toTotalOrder } from "../document-store.ts";
import { readApart } from "./live-by-ids.ts";
import {
  filterColumn,
  isBeyond,
  joinSql,
  placesOf,
  type SqlFragment,
  sqlFragment,
  toOrder,
} from "./live-filter.ts";
import { isDocument, placeColumn, sameDocument, toPageIdsSql, toPageSql } from "./live-page.ts";
import { type MariaDbConnection, quoteName, type Row } from "./mariadb.ts";
import {
  addWithoutId,
  type FoundDocuments,
  type FoundRows,
  keyColumn,
  readRows,
  type StatementSettings,
  selectFields,
  toRowId,
  toStatement,
} from "./read-rows.ts";
import { sourceOf } from "./roll-up-sql.ts";
import { isDocumentFault } from "./sql-faults.ts";
import { type LiveView, readKeyView } from "./text-columns.ts";

export { MAX_IDS, readDocuments } from "./live-by-ids.ts";
export { type FoundDocuments, type StatementSettings, toStatement } from "./read-rows.ts";

/** Documents that follow each other in key order. */
export interface FoundRange extends FoundDocuments {
  /** Rows read, whether documents or not: fewer than asked for at the end only. */
  readonly count: number;
  /** The id to go on from; null when no row had one. */
  readonly last: DocumentId | null;
}

/**
 * Reads the next documents in key order after `after` (exclusive; null: from the start), at most `limit`. One row more
 * is looked at: where it has the id of the last one, that is in the view more than once.
 */
export async function readDocumentRange(
  connection: MariaDbConnection,
  model: DocumentModel,
  after: DocumentId | null,
  limit: number,
  options: StatementSettings & { readonly where?: SqlFragment } = {},
): Promise<FoundRange> {
  const view = await readKeyView(connection, model);
  const read = async (start: SqlFragment) => {
    const where = joinSql([start, ...(options.where ? [options.where] : [])], "and", "true");
    // Told later: when none has an id, those that have one are read instead.
    let told: [number, DocumentId | null] = [0, null];
    const onRows = (...rows: typeof told) => {
      told = rows;
      if (rows[1] !== null || rows[0] < limit) options.onRows?.(...rows);
    };
    const source = sourceOf(view, { after });
    const found = await readRange(connection, view, { source, where, limit }, extend(options, { onRows }));
    return extend(found, { count: told[0], last: told[1] });
  };
  if (after !== null) return read(isBeyond(filterColumn(view, model.key), after, true));
  const found = await read(sqlFragment("true"));
  if (found.last !== null || found.count < limit) return found;
  // Rows without an id come first, and may be many.
  const others = await read(isDocument(model));
  return { ...others, invalid: new Map([...found.invalid, ...others.invalid]) };
}

/** Rows of a view that follow each other. */
interface Range {
  readonly source: SqlFragment;
  readonly where: SqlFragment;
  readonly limit: number;
}

async function readRange(
  connection: MariaDbConnection,
  view: LiveView,
  { source, where, limit }: Range,
  settings: StatementSettings,
): Promise<FoundDocuments> {
  const { model } = view;
  const name = quoteName(model.name);
  const key = filterColumn(view, model.key);
  const { fields = storedNames(model) } = settings;
  const order = toOrder(key, "asc");
  const values = [...source.values, ...where.values];
  const ids = (count: number) => `from ${source.sql} where ${where.sql} order by ${order} limit ${count}`;
  try {
    // What is no order of an index is sorted: the ids alone, not whole documents.
    const places = placesOf(key);
    const shown = new Set([key.column, ...places.map(({ column }) => column)]);
    const text = places.some(({ odd }) => odd)
      ? `select ${selectFields(model, fields, "whole")}
        from (select ${[...shown, ...places.map(({ sql }, at) => `${sql} as ${placeColumn(at)}`)].join(", ")} ${ids(limit + 1)}) as page
        straight_join ${name} as whole on ${sameDocument(view)} order by ${places.map((_, at) => `page.${placeColumn(at)}`).join(", ")}`
      : `select ${selectFields(model, fields)} ${ids(limit + 1)}`;
    return await readRows(connection, view, { values, sql: text }, extend(settings, { limit }));
  } catch (error) {
    if (!isDocumentFault(error)) throw error;
  }
  // Some document of the range makes the statement fail: read the ids alone, then find out which.
  const text = toStatement(`select ${key.column} ${ids(limit)}`, settings);
  const rows = await connection.query(text, values);
  const last = rows.at(-1)?.[keyColumn(model)] ?? null;
  const found = await readByRows(connection, view, rows, settings);
  settings.onRows?.(rows.length, last === null ? null : String(last));
  return found;
}

async function readByRows(
  connection: MariaDbConnection,
  view: LiveView,
  rows: readonly Row[],
  { timeoutMs, time, common, fields }: StatementSettings,
): Promise<FoundRows> {
  const ids = rows.flatMap((row) => toRowId(view.model, row) ?? []);
  const found = await readApart(connection, view, [...new Set(ids)], {
    timeoutMs,
    common,
    fields,
    ...(time ? { time } : {}),
  });
  for (const row of rows) if (toRowId(view.model, row) === undefined) addWithoutId(found, view.model, row);
  return { ...found, rows };
}

/** A row of a page: a document, or why it is none. */
export interface PageRow {
  readonly id: DocumentId;
  readonly document: Document | undefined;
  readonly error: VitrineError | undefined;
  /** Its values of the order, one per term. */
  readonly place: readonly (FilterValue | null)[];
}

/** The rows of a page in its order, also those that are no documents. */
export async function readPage(
  connection: MariaDbConnection,
  view: LiveView,
  page: PageRequest,
  settings: StatementSettings,
): Promise<readonly PageRow[]> {
  const { documents, invalid, rows } = await readPageRows(connection, view, page, settings);
  const terms = toTotalOrder(view.model, page.orderBy);
  const found = rows.flatMap((row): PageRow[] => {
    const id = toRowId(view.model, row) ?? NO_ID;
    const [document, error] = [documents.get(id), invalid.get(id)];
    // Deleted before it was read alone.
    if (!document && !error) return [];
    const place = terms.map((term, index) =>
      toPlace(filterColumn(view, term.field).field, row[placeColumn(index)] ?? null),
    );
    return [{ id, document, error, place }];
  });
  return page.fromEnd ? found.reverse() : found;
}

async function readPageRows(
  connection: MariaDbConnection,
  view: LiveView,
  page: PageRequest,
  settings: StatementSettings,
): Promise<FoundRows> {
  try {
    const { fields = storedNames(view.model) } = settings;
    const found = await readRows(connection, view, toPageSql(view, page, fields), settings);
    // An id that the view has twice comes four times: each row of the page with each document.
    if (new Set(found.rows.map((row) => row[keyColumn(view.model)])).size === found.rows.length) return found;
  } catch (error) {
    if (!isDocumentFault(error)) throw error;
  }
  const { sql, values } = toPageIdsSql(view, page);
  const rows = await connection.query(toStatement(sql, settings), values);
  return readByRows(connection, view, rows, settings);
}

/** A column's value in the form that cursors keep. It may be one that no document could have: `0000-00-00`. */
function toPlace(field: ScalarField, value: Row[string]): FilterValue | null {
  if (value === null) return null;
  switch (field.kind) {
    case "int":
      return Number(value);
    case "boolean":
      return Number(value) !== 0;
    case "date":
      return String(value).slice(0, 10);
    case "dateTime": {
      const [day = "", time = "00:00:00"] = String(value).split(" ");
      return `${day}T${time.includes(".") ? time.padEnd(12, "0").slice(0, 12) : `${time}.000`}Z`;
    }
    case "bigint":
    case "decimal":
    case "string":
    case "enumeration":
      return String(value);
  }
}
