import type { DocumentId, DocumentModel } from "../models/model.ts";
import { MAX_ID_LENGTH, NO_ID } from "../stores/conversion/document-id.ts";
import { type MariaDbConnection, type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** A document that could not be built or stored, as `vitrine_rejected` keeps it. */
export interface RejectedDocument {
  readonly model: string;
  readonly documentId: DocumentId;
  readonly reason: string;
  /** How often it failed. */
  readonly failures: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/**
 * Notes documents as rejected with their reasons, and counts how often each was. `since`: when the oldest change that they
 * wait for was logged, where that is known.
 */
export async function recordRejected(
  connection: MariaDbConnection,
  model: DocumentModel,
  reasons: ReadonlyMap<DocumentId, string>,
  since: string | null,
): Promise<void> {
  // Without it the column's default: now.
  const at = since === null ? [] : [since];
  const rows = [...reasons].map(([id, reason]) => [
    model.name,
    id.slice(0, 255),
    reason.slice(0, 2000),
    ...at,
  ]);
  for (let from = 0; from < rows.length; from += 500)
    await connection.run(
      `insert into vitrine_rejected (model, document_id, reason${since === null ? "" : ", first_at"}) values ?
      on duplicate key update
        reason = values(reason), failures = failures + 1, last_at = utc_timestamp(3)`,
      [rows.slice(from, from + 500)],
    );
}

/**
 * Notes that changes of these models name what no document can be called. Nothing can ask for it, so that whether it is
 * still there only a rebuild can tell, which forgets it.
 */
export async function recordNameless(
  connection: MariaDbConnection,
  models: Iterable<DocumentModel>,
): Promise<void> {
  const reason = `A change names a document whose id is longer than ${MAX_ID_LENGTH} characters, or none of this model.`;
  for (const model of models) await recordRejected(connection, model, new Map([[NO_ID, reason]]), null);
}

/** Forgets the failures of documents that are mirrored now. */
export async function forgetRejected(
  connection: Pick<MariaDbConnection, "run">,
  model: DocumentModel,
  ids: readonly DocumentId[],
): Promise<void> {
  if (ids.length === 0) return;
  await connection.run(
    `delete target from json_table(?, '$[*]' columns (id varchar(255) path '$')) as listed
    straight_join vitrine_rejected as target on target.model = ? and target.document_id = listed.id`,
    [JSON.stringify(ids), model.name],
  );
}

/** Queues the rejected documents of a model, as old as it is; not the rows without an id, which nothing can ask for. */
export async function retryRejected(
  connection: Pick<MariaDbConnection, "run">,
  model: DocumentModel,
): Promise<void> {
  await connection.run(
    `insert into vitrine_pending (model, document_id, logged_at)
    select model, document_id, first_at from vitrine_rejected where model = ? and document_id <> ?`,
    [model.name, NO_ID],
  );
}

/** Whether a rejected document of one of these models waits to be tried again. */
export async function isRetryPending(db: Queryable, models: readonly DocumentModel[]): Promise<boolean> {
  const found = await db.query(
    "select 1 from vitrine_rejected join vitrine_pending using (model, document_id) where model in (?) limit 1",
    [models.map((model) => model.name)],
  );
  return found.length > 0;
}

/** The rejected documents, of one model or of all. */
export async function readRejected(
  db: Queryable,
  model?: DocumentModel,
): Promise<readonly RejectedDocument[]> {
  const rows = await db.query<RejectedDocument>(
    `select model, document_id as documentId, reason, failures, first_at as firstAt, last_at as lastAt
    from vitrine_rejected where ? is null or model = ? order by model, document_id`,
    [model?.name ?? null, model?.name ?? null],
  );
  return rows;
}

/** Ids of the rejected documents of a model. */
export async function readRejectedIds(
  connection: Queryable,
  model: DocumentModel,
): Promise<readonly DocumentId[]> {
  const rows = await connection.query<{ id: string }>(
    "select document_id as id from vitrine_rejected where model = ?",
    [model.name],
  );
  return rows.map(({ id }) => id);
}

/** A sentence of at most 2,000 characters, as `vitrine_rejected` keeps it: what MariaDB said, where it was MariaDB. */
export const toReason = (error: unknown): string =>
  (sqlErrorOf(error)?.message ?? (error instanceof Error ? error.message : String(error))).slice(0, 2000);
