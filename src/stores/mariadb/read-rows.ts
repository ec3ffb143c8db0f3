import { VitrineError } from "../../errors.ts";
import { extend } from "../../extend.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { idOfDocument } from "../conversion/composite-id.ts";
import { rowReaderOf } from "../conversion/document-codec.ts";
import { NO_ID, parseDocumentId } from "../conversion/document-id.ts";
import { storedNames } from "../conversion/stored-fields.ts";
import { takeBreaks } from "../take-breaks.ts";
import type { TimeLimit } from "../time-limit.ts";
import { equalsAny, filterColumn, joinSql, type SqlFragment } from "./live-filter.ts";
import { type MariaDbConnection, quoteName, type Row, sqlErrorOf } from "./mariadb.ts";
import { sourceOf } from "./roll-up-sql.ts";
import type { CountedRows } from "./send-statements.ts";
import { MAX_WARNINGS } from "./session-settings.ts";
import type { LiveView } from "./text-columns.ts";

/** What a view had to say about some ids. */
export interface FoundDocuments {
  /** In the order that the statement gave them. */
  readonly documents: Map<DocumentId, Document>;
  /** Rows that are no document of the model, each with its DOCUMENT_INVALID error. */
  readonly invalid: Map<DocumentId, VitrineError>;
}

/** How a statement over a model's view is sent. */
export interface StatementSettings {
  /** The server itself ends the statement after so long (error 1969). */
  readonly timeoutMs?: number | undefined;
  /** Likewise after what is left of this when the statement is sent. */
  readonly time?: TimeLimit;
  /** Common table expressions that stand in for the view: it is read as of a moment. */
  readonly common?: string | undefined;
  /** Fields of the documents that are read, the key among them; default: all. */
  readonly fields?: readonly string[] | undefined;
  /**
   * Told how many rows there are and the id of the last one as soon as they are here, before they are converted: whoever
   * asks for the next ones now lets the server work meanwhile.
   */
  readonly onRows?: (count: number, last: DocumentId | null) => void;
}

/** Documents, and the rows that they came in. */
export interface FoundRows extends FoundDocuments {
  readonly rows: readonly Row[];
}

/** Nothing found yet. */
export const nothingFound = (): FoundDocuments => ({ documents: new Map(), invalid: new Map() });

/** What several statements found, in their order. */
export const together = (parts: readonly FoundDocuments[]): FoundDocuments => ({
  documents: new Map(parts.flatMap(({ documents }) => [...documents])),
  invalid: new Map(parts.flatMap(({ invalid }) => [...invalid])),
});

/** Runs a statement that selects the key and the wanted fields, and converts its rows. */
export async function readRows(
  connection: MariaDbConnection,
  view: LiveView,
  statement: SqlFragment,
  settings: StatementSettings & { readonly limit?: number } = {},
): Promise<FoundRows> {
  const { model } = view;
  const answer = await connection.queryCounted(toStatement(statement.sql, settings), statement.values);
  const all = answer.rows;
  const { limit = all.length, fields = storedNames(model) } = settings;
  const key = keyColumn(model);
  const rows = all.slice(0, limit);
  const next = all[limit];
  if (next && next[key] === rows.at(-1)?.[key]) rows.push(next);
  const found: FoundRows = extend(nothingFound(), { rows });
  const isWhole = (await readCut(connection, answer)) === undefined;
  const last = rows.at(-1)?.[key] ?? null;
  if (isWhole) {
    settings.onRows?.(rows.length, last === null ? null : String(last));
    const rest = takeBreaks();
    for (const row of rows) {
      addRow(found, model, row, fields);
      if (rest.isDue()) await rest.take();
    }
    return found;
  }
  // The warning names no document: read each of them alone.
  for (const row of rows) {
    const id = toRowId(model, row);
    // None that could be asked for.
    if (id === undefined) {
      addRow(found, model, row, fields);
      continue;
    }
    const one = toDocumentsSql(view, [id], { fields });
    const answerAlone = await connection.queryCounted(toStatement(one.sql, settings), one.values);
    const cut = await readCut(connection, answerAlone);
    const [alone] = answerAlone.rows;
    if (cut !== undefined) found.invalid.set(id, toInvalidRow(model, id, cut));
    else if (alone) addRow(found, model, alone, fields);
  }
  settings.onRows?.(rows.length, last === null ? null : String(last));
  return found;
}

/** The statement that reads the documents with these ids, which are at least one, as far as they fit. */
export function toDocumentsSql(
  view: LiveView,
  ids: readonly DocumentId[],
  {
    fields,
    where,
  }: { readonly fields?: readonly string[] | undefined; readonly where?: SqlFragment | undefined } = {},
): SqlFragment {
  const source = sourceOf(view, { ids });
  const known = equalsAny(filterColumn(view, view.model.key), ids);
  const among = joinSql([known, ...(where ? [where] : [])], "and", "true");
  return {
    sql: `select ${selectFields(view.model, fields)} from ${source.sql} where ${among.sql}`,
    values: [...source.values, ...among.values],
  };
}

/** The column of a model's key. */
export const keyColumn = (model: DocumentModel): string => model.columns[model.key] ?? "";

/** The columns of these fields for a select list, as those of `table` where it is named. */
export const selectFields = (
  model: DocumentModel,
  fields: readonly string[] = storedNames(model),
  table?: string,
): string =>
  fields
    .map((name) => `${table === undefined ? "" : `${table}.`}${quoteName(model.columns[name] ?? name)}`)
    .join(", ");

function addRow(found: FoundDocuments, model: DocumentModel, row: Row, fields: readonly string[]): void {
  const id = toRowId(model, row);
  if (id === undefined) {
    addWithoutId(found, model, row);
    return;
  }
  if (found.documents.delete(id) || found.invalid.has(id)) {
    found.invalid.set(id, toInvalidRow(model, id, "is in the view more than once"));
    return;
  }
  try {
    const document = rowReaderOf(model).read(row, fields, id);
    const made = model.keyParts?.every((name) => name in document) ? idOfDocument(model, document) : id;
    if (made === id) found.documents.set(id, document);
    else
      found.invalid.set(
        id,
        toInvalidRow(model, id, `has an id that is not made of its ${model.keyParts?.join(", ")}`),
      );
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    found.invalid.set(id, error);
  }
}

/** Notes a row that nothing can ask for by its id. */
export function addWithoutId(found: FoundDocuments, model: DocumentModel, row: Row): void {
  const id = row[keyColumn(model)];
  const text = id === null ? "null" : JSON.stringify(String(id).slice(0, 100));
  const problem = `has no id of this model: its ${keyColumn(model)} is ${text}`;
  found.invalid.set(NO_ID, toInvalidRow(model, NO_ID, problem));
}

/** Undefined when it is no id of the model. */
export function toRowId(model: DocumentModel, row: Row): DocumentId | undefined {
  const id = row[keyColumn(model)];
  return id === null || id === undefined ? undefined : parseDocumentId(model, String(id));
}

/** The error of a row that is no document; what MariaDB said is for logs. */
export function toInvalidRow(
  model: DocumentModel,
  id: DocumentId,
  problem: string,
  cause?: unknown,
): VitrineError {
  const details = { model: model.name, id, path: "the document", problem };
  return new VitrineError("DOCUMENT_INVALID", `${model.name} ${id}: the document ${problem}.`, {
    cause: sqlErrorOf(cause) === undefined ? undefined : cause,
    details,
  });
}

/** Why what was just read may be cut; undefined when it is whole. Without a warning the server is not asked. */
async function readCut(
  connection: MariaDbConnection,
  { warnings: count }: CountedRows,
): Promise<string | undefined> {
  if (count === 0) return undefined;
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
