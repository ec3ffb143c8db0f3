import type { DocumentId, DocumentModel } from "../models/model.ts";
import { type MariaDbConnection, quoteName } from "../stores/mariadb.ts";

/** Ids about which a comparison in this snapshot proves nothing. */
export interface OnTheWay {
  /** Waiting in the queue, or touched by a change that is still in the log. */
  readonly unsettled: ReadonlySet<DocumentId>;
  /** Put aside. */
  readonly dead: ReadonlySet<DocumentId>;
}

/** Reads them in the connection's snapshot: a change is always in the log, or in the queue, or in the mirror. */
export async function readUnsettled(connection: MariaDbConnection, model: DocumentModel): Promise<OnTheWay> {
  const rows = await connection.query<{ document_id: string | number | null }>(
    `select document_id from mirror_pending where model = ?
    union select document_id from ${quoteName(`${model.name}_touched`)}
    union select json_value(row_keys, '$.document_id') from change_log where source_table = ?`,
    [model.name, model.name],
  );
  const dead = await connection.query<{ document_id: string }>(
    "select document_id from mirror_dead where model = ?",
    [model.name],
  );
  return {
    unsettled: new Set(rows.map((row) => String(row.document_id))),
    dead: new Set(dead.map((row) => row.document_id)),
  };
}
