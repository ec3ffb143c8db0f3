import type { DocumentId, DocumentModel } from "../models/model.ts";
import { type MariaDbConnection, quoteName } from "../stores/mariadb/mariadb.ts";
import { toExact } from "../stores/mariadb/text-columns.ts";

/** Ids about which a comparison in this snapshot proves nothing. */
export interface OnTheWay {
  /** Waiting in the queue, or touched by a change that is still in the log. */
  readonly unsettled: ReadonlySet<DocumentId>;
  /** Put aside. */
  readonly dead: ReadonlySet<DocumentId>;
}

interface IdRow {
  readonly document_id: string | number | null;
}

/** Reads them in the connection's snapshot: a change is always in the log, or in the queue, or in the mirror. */
export async function readUnsettled(connection: MariaDbConnection, model: DocumentModel): Promise<OnTheWay> {
  // Apart, because a union of a number, a text and a JSON value has no collation.
  const queries = [
    connection.query<IdRow>("select distinct document_id from mirror_pending where model = ?", [model.name]),
    // Its own collation may take two ids for one.
    connection.query<IdRow>(
      `select distinct ${toExact("document_id")} as document_id from ${quoteName(`${model.name}_touched`)}`,
    ),
    connection.query<IdRow>(
      "select json_value(row_keys, '$.document_id') as document_id from change_log where source_table = ?",
      [model.name],
    ),
  ];
  const rows = (await Promise.all(queries)).flat();
  const dead = await connection.query<{ document_id: string }>(
    "select document_id from mirror_dead where model = ?",
    [model.name],
  );
  return {
    unsettled: new Set(rows.map((row) => String(row.document_id))),
    dead: new Set(dead.map((row) => row.document_id)),
  };
}
