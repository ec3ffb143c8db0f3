import { readRequestedIds } from "../../core/change-log.ts";
import { readPendingDocuments } from "../../core/pending-queue.ts";
import { readRejectedIds } from "../../core/rejected-documents.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { type MariaDbConnection, quoteName } from "../../stores/mariadb/mariadb.ts";
import { toExact } from "../../stores/mariadb/text-columns.ts";

/** Ids about which a comparison in this snapshot proves nothing. */
export interface OnTheWay {
  /** Waiting in the queue, or touched by a change that is still in the log. */
  readonly unsettled: ReadonlySet<DocumentId>;
  /** Could not be built or stored. */
  readonly rejected: ReadonlySet<DocumentId>;
}

/** Reads them in the connection's snapshot: a change is always in the log, or in the queue, or in the mirror. */
export async function readOnTheWay(connection: MariaDbConnection, model: DocumentModel): Promise<OnTheWay> {
  // Apart, because a union of a number, a text and a JSON value has no collation.
  const [pending, touched, requested, rejected] = await Promise.all([
    readPendingDocuments(connection, model),
    // Its own collation may take two ids for one.
    connection.query<{ id: string | number | null }>(
      `select distinct ${toExact("document_id")} as id from ${quoteName(`${model.name}_touched`)}`,
    ),
    readRequestedIds(connection, model),
    readRejectedIds(connection, model),
  ]);
  const unsettled = new Set([...pending, ...touched.map(({ id }) => String(id)), ...requested]);
  return { unsettled, rejected: new Set(rejected) };
}
