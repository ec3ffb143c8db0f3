import type { DocumentId, DocumentModel } from "../models/model.ts";
import { keyFieldOf } from "../models/model.ts";
import { NO_ID, parseDocumentIds } from "../stores/conversion/document-id.ts";
import {
  type FoundDocuments,
  readDocumentRange,
  readDocuments,
  type StatementSettings,
} from "../stores/mariadb/live-documents.ts";
import { sqlFragment, toSqlValue } from "../stores/mariadb/live-filter.ts";
import { type MariaDbConnection, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import type { MirrorEntry } from "../stores/mongodb/mirror-writer.ts";
import { isSqlFault, toReason } from "./sql-faults.ts";

/** Documents of one snapshot, ready to be written. */
export interface ReadEntries {
  readonly entries: readonly MirrorEntry[];
  /** Documents that the view could not give, with the reason. */
  readonly invalid: ReadonlyMap<DocumentId, string>;
}

export interface ReadRange extends ReadEntries {
  /** The last id read, to go on from; null when there was none. */
  readonly last: DocumentId | null;
  /** Nothing follows; there may be documents without an id, which are invalid. */
  readonly isEnd: boolean;
}

/** The view itself is missing or broken, or may not be read: no document is to blame. */
const viewFaults = new Set([1046, 1049, 1054, 1142, 1143, 1146, 1305, 1356, 1370, 1449]);

/** Reads the documents with these ids; those that the view lacks come as null. */
export async function readEntries(
  connection: MariaDbConnection,
  model: DocumentModel,
  ids: readonly DocumentId[],
  settings: StatementSettings = {},
): Promise<ReadEntries> {
  const invalid = new Map<DocumentId, string>();
  const found = await readApart(connection, model, ids, invalid, settings);
  for (const [id, error] of found.invalid) invalid.set(id, toReason(error));
  return {
    entries: ids
      .filter((id) => !invalid.has(id))
      .map((id) => ({ id, document: found.documents.get(id) ?? null })),
    invalid,
  };
}

/** Reads the next `limit` documents in key order, more where that many rows have no id to go on from. */
export async function readRange(
  connection: MariaDbConnection,
  model: DocumentModel,
  after: DocumentId | null,
  limit: number,
): Promise<ReadRange> {
  try {
    const reasons = new Map<DocumentId, string>();
    let where = sqlFragment("true");
    for (let size = limit; ; size *= 2) {
      let count = 0;
      const onRows = (rows: number) => {
        count = rows;
      };
      const { documents, invalid } = await readDocumentRange(connection, model, after, size, {
        where,
        onRows,
      });
      for (const [id, error] of invalid) reasons.set(id, toReason(error));
      const ids = [...documents.keys(), ...[...invalid.keys()].filter((id) => id !== NO_ID)];
      const last = invalid.size === 0 ? (ids.at(-1) ?? null) : largestId(model, ids);
      if (last !== null || count < size)
        return {
          entries: [...documents].map(([id, document]) => ({ id, document })),
          invalid: reasons,
          last,
          isEnd: last === null,
        };
      // Rows without an id come first, and may be many.
      where = sqlFragment("document_id is not null");
    }
  } catch (error) {
    if (!isDocumentFault(error)) throw error;
  }
  // Some document of the range makes the statement fail: read the ids alone, then find out which.
  const key = after === null ? undefined : toSqlValue(keyFieldOf(model), after);
  const rows = await connection.query<{ document_id: string | number | null }>(
    `select document_id from ${quoteName(model.name)}
    where ${key ? `document_id > ${key.sql}` : "document_id is not null"} order by document_id limit ${limit}`,
    key?.values ?? [],
  );
  const ids = parseDocumentIds(
    model,
    rows.map((row) => String(row.document_id)),
  );
  const read = await readEntries(connection, model, ids);
  return { ...read, last: ids.at(-1) ?? null, isEnd: ids.length === 0 };
}

/** Halves the ids until the documents that fail stand alone. The snapshot outlives a failed statement. */
async function readApart(
  connection: MariaDbConnection,
  model: DocumentModel,
  ids: readonly DocumentId[],
  failed: Map<DocumentId, string>,
  settings: StatementSettings,
): Promise<FoundDocuments> {
  const [only] = ids;
  try {
    return await readDocuments(connection, model, ids, settings);
  } catch (error) {
    if (!isDocumentFault(error) || only === undefined) throw error;
    if (ids.length === 1) {
      failed.set(only, toReason(error));
      return { documents: new Map(), invalid: new Map() };
    }
  }
  const half = ids.length >> 1;
  const first = await readApart(connection, model, ids.slice(0, half), failed, settings);
  const second = await readApart(connection, model, ids.slice(half), failed, settings);
  return {
    documents: new Map([...first.documents, ...second.documents]),
    invalid: new Map([...first.invalid, ...second.invalid]),
  };
}

const isDocumentFault = (error: unknown): boolean =>
  isSqlFault(error) && !viewFaults.has(sqlErrorOf(error)?.errno ?? 0);

/** The last of these ids in the order of the key. */
function largestId(model: DocumentModel, ids: readonly DocumentId[]): DocumentId | null {
  return ids.length === 0
    ? null
    : ids.reduce((largest, id) => (compareIds(model, id, largest) > 0 ? id : largest));
}

/** Compares two ids as both stores order them: numbers by value, text by its UTF-8 bytes. */
export function compareIds(model: DocumentModel, a: DocumentId, b: DocumentId): number {
  if (keyFieldOf(model).kind === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
