import type { Change } from "../../core/change-log.ts";
import type { Touched } from "../../core/pending-queue.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { parseDocumentId } from "../../stores/conversion/document-id.ts";
import { type MariaDbConnection, quoteName } from "../../stores/mariadb/mariadb.ts";
import { isSqlFault } from "../../stores/mariadb/sql-faults.ts";
import { streamRows } from "../../stores/mariadb/stream-rows.ts";

export interface AllTouched {
  /** Every model whose view answered; each document once. */
  readonly touched: ReadonlyMap<DocumentModel, readonly Touched[]>;
  /** Models whose touched view failed, with the error. */
  readonly failed: ReadonlyMap<DocumentModel, unknown>;
  /** There were more rows than may be held, so nothing of the above is known. */
  readonly isTooMuch: boolean;
}

/** A change that touches more documents of a model than this does not hold up the others. */
const BULK_CHANGE = 100;

interface TouchedRow {
  /** Index of the model. */
  readonly m: string | number;
  readonly change_id: string;
  readonly document_id: string | null;
}

/**
 * The documents that these changes may alter, of every model by one statement: with the 14 models of the shop
 * 2.5 ms instead of 8.9, and one wait for a busy server instead of 14 (3 ms instead of 45, measured). When it
 * fails each view is asked alone, to find out whose fault it is. Holds at most `most` rows of a statement.
 */
export async function readTouched(
  connection: MariaDbConnection,
  models: readonly DocumentModel[],
  changes: readonly Change[],
  most: number,
): Promise<AllTouched> {
  const touched = new Map<DocumentModel, readonly Touched[]>();
  const failed = new Map<DocumentModel, unknown>();
  if (changes.length === 0 || models.length === 0) return { touched, failed, isTooMuch: false };
  const tooMuch = { touched: new Map(), failed: new Map(), isTooMuch: true };
  const add = (asked: readonly DocumentModel[], rows: readonly TouchedRow[]) => {
    const parts = asked.map((): TouchedRow[] => []);
    for (const row of rows) parts[Number(row.m)]?.push(row);
    asked.forEach((model, index) => {
      touched.set(model, toTouched(model, changes, parts[index] ?? []));
    });
  };
  try {
    const rows = await askViews(connection, models, changes, most);
    if (rows.length > most) return tooMuch;
    add(models, rows);
  } catch (error) {
    if (!isSqlFault(error)) throw error;
    for (const model of models)
      try {
        const rows = await askViews(connection, [model], changes, most);
        if (rows.length > most) return tooMuch;
        add([model], rows);
      } catch (fault) {
        if (!isSqlFault(fault)) throw fault;
        failed.set(model, fault);
      }
  }
  return { touched, failed, isTooMuch: false };
}

/** What one change touches of one model, in pages, each document once in its page. */
export async function* streamTouched(
  connection: MariaDbConnection,
  model: DocumentModel,
  change: Change,
  size: number,
): AsyncIterable<readonly Touched[]> {
  const { sql, values } = toQuery([model], [change]);
  let rows: TouchedRow[] = [];
  for await (const row of streamRows<TouchedRow>(connection, sql, values)) {
    rows.push(row);
    if (rows.length < size) continue;
    yield toTouched(model, [change], rows);
    rows = [];
  }
  yield toTouched(model, [change], rows);
}

/**
 * Each view is asked with `change_id between`, which it pushes down to a range of the primary key (through a join
 * with json_table 387 ms instead of 3, measured): in one snapshot that range holds just these rows, and those in
 * flight, which `toTouched` passes over.
 * The ids as text, because a union of a number, a text and a JSON value has no collation.
 */
function askViews(
  connection: MariaDbConnection,
  models: readonly DocumentModel[],
  changes: readonly Change[],
  most: number,
): Promise<readonly TouchedRow[]> {
  const { sql, values } = toQuery(models, changes);
  return connection.query<TouchedRow>(`${sql} limit ${most + 1}`, values);
}

function toQuery(models: readonly DocumentModel[], changes: readonly Change[]) {
  const range = [changes[0]?.id, changes.at(-1)?.id];
  const parts = models.map(
    (model, index) =>
      `select ${index} as m, change_id,
        cast(document_id as char character set utf8mb4) collate utf8mb4_nopad_bin as document_id
      from ${quoteName(`${model.name}_touched`)}
      where change_id between cast(? as unsigned) and cast(? as unsigned)`,
  );
  return { sql: parts.join(" union all "), values: models.flatMap(() => range) };
}

function toTouched(
  model: DocumentModel,
  changes: readonly Change[],
  rows: readonly TouchedRow[],
): readonly Touched[] {
  const loggedAt = new Map(changes.map((change) => [String(change.id), change.loggedAt]));
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(String(row.change_id), (sizes.get(String(row.change_id)) ?? 0) + 1);
  const touched = new Map<DocumentId, Touched>();
  const add = (text: string, at: string | undefined, bulk: boolean) => {
    const id = parseDocumentId(model, text);
    if (id === undefined || at === undefined) return;
    const known = touched.get(id);
    if (!known) touched.set(id, { id, loggedAt: at, bulk });
    else if (at < known.loggedAt || (known.bulk && !bulk))
      touched.set(id, {
        id,
        loggedAt: at < known.loggedAt ? at : known.loggedAt,
        bulk: known.bulk && bulk,
      });
  };
  for (const { change_id, document_id } of rows)
    if (document_id !== null)
      add(
        String(document_id),
        loggedAt.get(String(change_id)),
        (sizes.get(String(change_id)) ?? 0) > BULK_CHANGE,
      );
  for (const change of changes)
    if (change.sourceTable === model.name) {
      const id = readRequestedId(change.rowKeys);
      if (id !== undefined) add(id, change.loggedAt, false);
    }
  return [...touched.values()];
}

/** The document that a direct request names; undefined when the row is malformed. */
function readRequestedId(rowKeys: string): string | undefined {
  try {
    const keys: unknown = JSON.parse(rowKeys);
    if (typeof keys !== "object" || keys === null || !("document_id" in keys)) return undefined;
    const id = keys.document_id;
    return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
  } catch {
    return undefined;
  }
}
