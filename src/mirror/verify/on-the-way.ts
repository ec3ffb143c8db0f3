import { changeTablesOf, readChangeTables } from "../../core/change-tables.ts";
import { readPendingDocuments } from "../../core/pending-queue.ts";
import { readRejectedIds } from "../../core/rejected-documents.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { type MariaDbConnection, quoteName } from "../../stores/mariadb/mariadb.ts";
import { toExact } from "../../stores/mariadb/text-columns.ts";

/** Ids about which a comparison in this snapshot proves nothing. */
export interface OnTheWay {
  /** Waiting in the queue, or touched by a change that nobody has resolved yet. */
  readonly unsettled: ReadonlySet<DocumentId>;
  /** Could not be built or stored. */
  readonly rejected: ReadonlySet<DocumentId>;
}

/** Reads them in the connection's snapshot: a change is always in its table, or in the queue, or in the mirror. */
export async function readOnTheWay(connection: MariaDbConnection, model: DocumentModel): Promise<OnTheWay> {
  const views = changeTablesOf(await readChangeTables(connection), model.name).flatMap(
    (table) => table.views.get(model.name) ?? [],
  );
  // Apart, because a union of a number, a text and a JSON value has no collation.
  const [pending, rejected, ...touched] = await Promise.all([
    readPendingDocuments(connection, model),
    readRejectedIds(connection, model),
    ...views.map((view) =>
      connection.query<{ id: string | number | null }>(
        // Its own collation may take two ids for one.
        `select distinct ${toExact("document_id")} as id from ${quoteName(view)}`,
      ),
    ),
  ]);
  const unsettled = new Set([...pending, ...touched.flat().map(({ id }) => String(id))]);
  return { unsettled, rejected: new Set(rejected) };
}
