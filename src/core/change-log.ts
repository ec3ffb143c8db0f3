import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { deleteByIds } from "./delete-by-ids.ts";

/** A row of `change_log`. */
export interface Change {
  readonly id: string;
  readonly sourceTable: string;
  readonly rowKeys: string;
  /** UTC, microseconds, as MariaDB prints it: such texts compare as times do. */
  readonly loggedAt: string;
}

/** The first `limit` changes after `after` that the connection's snapshot shows, in order of their ids. */
export async function readChanges(
  connection: MariaDbConnection,
  after: string,
  limit: number,
): Promise<readonly Change[]> {
  return connection.query<Change>(
    `select change_id as id, source_table as sourceTable, row_keys as rowKeys, logged_at as loggedAt
    from change_log where change_id > cast(? as unsigned) order by change_id limit ${limit}`,
    [after],
  );
}

/** Asks for documents directly: the loader evaluates them again as if they had been changed. */
export async function requestDocuments(
  connection: Pick<MariaDbConnection, "run">,
  model: DocumentModel,
  ids: readonly DocumentId[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += 500) {
    const rows = ids.slice(from, from + 500).map((id) => [model.name, JSON.stringify({ document_id: id })]);
    await connection.run("insert into change_log (source_table, row_keys) values ?", [rows]);
  }
}

/** Deletes exactly these changes. */
export async function deleteChanges(connection: MariaDbConnection, ids: readonly string[]): Promise<number> {
  return deleteByIds(connection, "change_log", "change_id", ids);
}

/** The documents of a model that are asked for directly. */
export async function readRequestedIds(
  connection: Queryable,
  model: DocumentModel,
): Promise<readonly DocumentId[]> {
  const rows = await connection.query<{ id: string | number | null }>(
    "select json_value(row_keys, '$.document_id') as id from change_log where source_table = ?",
    [model.name],
  );
  return rows.map(({ id }) => String(id));
}

/** Whether the log holds so many changes, or more. */
export async function isLogLongerThan(db: Queryable, changes: number): Promise<boolean> {
  const found = await db.query(`select 1 from change_log order by change_id limit 1 offset ${changes - 1}`);
  return found.length > 0;
}
