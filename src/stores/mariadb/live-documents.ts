import { VitrineError } from "../../errors.ts";
import { type Document, type DocumentId, type DocumentModel, keyFieldOf } from "../../models/model.ts";
import { textReaderOf } from "../conversion/document-codec.ts";
import { NO_ID, parseDocumentId, parseDocumentIds } from "../conversion/document-id.ts";
import { takeBreaks } from "../take-breaks.ts";
import type { TimeLimit } from "../time-limit.ts";
import { joinSql, type SqlFragment, sqlFragment, toSqlValue } from "./live-filter.ts";
import { type MariaDbConnection, quoteName, type Row } from "./mariadb.ts";
import { MAX_WARNINGS } from "./session-settings.ts";

/** What a view had to say about some ids. */
export interface FoundDocuments {
  /** In the order that the statement gave them. */
  readonly documents: Map<DocumentId, Document>;
  /** Rows that are no document of the model, each with its DOCUMENT_INVALID error. */
  readonly invalid: Map<DocumentId, VitrineError>;
}

/** Above 999 values MariaDB may turn an `in` list into a join of a derived table: 563 ms instead of 8 (measured). */
export const MAX_IDS = 999;

/** How a statement over a model's view is sent. */
export interface StatementSettings {
  /** The server itself ends the statement after so long (error 1969). */
  readonly timeoutMs?: number | undefined;
  /** Likewise after what is left of this when the statement is sent. */
  readonly time?: TimeLimit;
  /** Common table expressions that stand in for the view: it is read as of a moment. */
  readonly common?: string | undefined;
  /**
   * Told how many rows there are and the id of the last one as soon as they are here, before they are converted: whoever
   * asks for the next ones now lets the server work meanwhile.
   */
  readonly onRows?: (count: number, last: DocumentId | null) => void;
}

/**
 * Reads the documents with these ids, at most MAX_IDS, by one statement in the connection's transaction. Ids
 * without a document, and text that is no id, are in neither map.
 */
export async function readDocuments(
  connection: MariaDbConnection,
  model: DocumentModel,
  ids: readonly DocumentId[],
  settings: StatementSettings = {},
): Promise<FoundDocuments> {
  const values = parseDocumentIds(model, ids).map((id) => toSqlValue(keyFieldOf(model), id));
  if (values.length === 0) return { documents: new Map(), invalid: new Map() };
  const list = values.map((value) => value.sql).join(", ");
  return readRows(
    connection,
    model,
    {
      sql: `select document_id, document from ${quoteName(model.name)} where document_id in (${list})`,
      values: values.flatMap((value) => value.values),
    },
    settings,
  );
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
): Promise<FoundDocuments> {
  const value = after === null ? undefined : toSqlValue(keyFieldOf(model), after);
  const range = value ? { ...value, sql: `document_id > ${value.sql}` } : sqlFragment("true");
  const condition = joinSql([range, ...(options.where ? [options.where] : [])], "and", "true");
  return readRows(
    connection,
    model,
    {
      sql: `select document_id, document from ${quoteName(model.name)} where ${condition.sql} order by document_id limit ${limit + 1}`,
      values: condition.values,
    },
    { ...options, limit },
  );
}

/** Runs a statement that selects `document_id` and `document`, and converts its rows. */
export async function readRows(
  connection: MariaDbConnection,
  model: DocumentModel,
  statement: SqlFragment,
  settings: StatementSettings & { readonly limit?: number } = {},
): Promise<FoundDocuments> {
  const all = await connection.query(toStatement(statement.sql, settings), statement.values);
  const { limit = all.length } = settings;
  const rows = all.slice(0, limit);
  const next = all[limit];
  if (next && next.document_id === rows.at(-1)?.document_id) rows.push(next);
  const found: FoundDocuments = { documents: new Map(), invalid: new Map() };
  const isWhole = (await readCut(connection)) === undefined;
  const last = rows.at(-1)?.document_id ?? null;
  if (isWhole) {
    settings.onRows?.(rows.length, last === null ? null : String(last));
    const rest = takeBreaks();
    for (const row of rows) {
      addRow(found, model, row);
      if (rest.isDue()) await rest.take();
    }
    return found;
  }
  // The warning names no document: read each of them alone.
  for (const row of rows) {
    const id = toId(model, row);
    // None that could be asked for.
    if (id === undefined) {
      addRow(found, model, row);
      continue;
    }
    const value = toSqlValue(keyFieldOf(model), id);
    const [alone] = await connection.query(
      toStatement(
        `select document_id, document from ${quoteName(model.name)} where document_id = ${value.sql}`,
        settings,
      ),
      value.values,
    );
    const cut = await readCut(connection);
    if (cut !== undefined) found.invalid.set(id, invalid(model, id, cut));
    else if (alone) addRow(found, model, alone);
  }
  settings.onRows?.(rows.length, last === null ? null : String(last));
  return found;
}

function addRow(found: FoundDocuments, model: DocumentModel, row: Row): void {
  const id = toId(model, row);
  if (id === undefined) {
    const text = row.document_id === null ? "null" : JSON.stringify(String(row.document_id).slice(0, 100));
    found.invalid.set(NO_ID, invalid(model, NO_ID, `has no id of this model: its document_id is ${text}`));
    return;
  }
  if (found.documents.delete(id) || found.invalid.has(id)) {
    found.invalid.set(id, invalid(model, id, "is in the view more than once"));
    return;
  }
  try {
    if (row.document === null) throw invalid(model, id, "is null");
    found.documents.set(id, textReaderOf(model)(String(row.document), id));
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    found.invalid.set(id, error);
  }
}

/** Undefined when it is no id of the model. */
const toId = (model: DocumentModel, row: Row): DocumentId | undefined =>
  row.document_id === null || row.document_id === undefined
    ? undefined
    : parseDocumentId(model, String(row.document_id));

const invalid = (model: DocumentModel, id: DocumentId, problem: string): VitrineError =>
  new VitrineError("DOCUMENT_INVALID", `${model.name} ${id}: the document ${problem}.`, {
    details: { model: model.name, id, path: "the document", problem },
  });

/** Why what was just read may be cut; undefined when it is whole. */
async function readCut(connection: MariaDbConnection): Promise<string | undefined> {
  const warnings = await connection.query("show warnings");
  // 1260: an aggregate was cut at group_concat_max_len; 1301: a result was larger than max_allowed_packet.
  if (warnings.some((warning) => warning.Code === 1260 || warning.Code === 1301))
    return "is larger than an aggregate of this server may be";
  if (warnings.length >= MAX_WARNINGS)
    return "comes with more warnings than a server lists, and one of a cut aggregate may be among the rest";
  return undefined;
}

/** The text that is sent for a select over a model's view. */
export function toStatement(sql: string, { timeoutMs, time, common = "" }: StatementSettings): string {
  const ms = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, time?.leftMs() ?? Number.POSITIVE_INFINITY);
  if (ms === Number.POSITIVE_INFINITY) return common + sql;
  return `set statement max_statement_time = ${Math.ceil(Math.max(ms, 1)) / 1000} for ${common}${sql}`;
}
