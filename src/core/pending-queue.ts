import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { deleteByIds } from "./delete-by-ids.ts";

/** A document that some change may have altered. */
export interface Touched {
  readonly id: DocumentId;
  /** Of the oldest of these changes. */
  readonly loggedAt: string;
  /** One of very many documents of one change. */
  readonly bulk: boolean;
}

/** What one batch takes from a model's queue. */
export interface PendingBatch {
  /** Distinct. */
  readonly documentIds: readonly DocumentId[];
  /** Every row that asks for one of them: acknowledged together. */
  readonly pendingIds: readonly string[];
  /** When the oldest change that they wait for was logged; null when there are none. */
  readonly since: string | null;
  /** True when the snapshot holds no other row of this model but those in flight. */
  readonly isWhole: boolean;
  /** The smallest row id left in the queue, in flight or not; null when the queue is empty. */
  readonly oldestId: bigint | null;
}

/** Rows that a batch of a paced model takes at most: some 20 MB. */
const PACED_ROWS = 100_000;

/** A row of the queue. */
export interface PendingRow {
  readonly id: string;
  readonly documentId: string;
  readonly bulk: string | number;
  readonly loggedAt: string;
}

/** What batches that have not landed yet have read. */
export interface InFlight {
  readonly rows: ReadonlySet<string>;
  readonly documents: ReadonlySet<DocumentId>;
}

/** Appends documents to the queues of their models, in the order of time: the head of a queue tells how far it is behind. */
export async function appendPending(
  connection: MariaDbConnection,
  touched: ReadonlyMap<DocumentModel, readonly Touched[]>,
): Promise<void> {
  const rows = [...touched].flatMap(([model, documents]) =>
    [...documents]
      .sort((a, b) => (a.loggedAt < b.loggedAt ? -1 : a.loggedAt > b.loggedAt ? 1 : 0))
      .map(({ id, loggedAt, bulk }) => [model.name, id, loggedAt, bulk ? 1 : 0]),
  );
  for (let from = 0; from < rows.length; from += 1000)
    await connection.run("insert into vitrine_pending (model, document_id, logged_at, bulk) values ?", [
      rows.slice(from, from + 1000),
    ]);
}

/** Asks for documents directly: the loader evaluates them again as if they had been changed now. */
export async function requestDocuments(
  connection: Pick<Queryable, "run">,
  model: DocumentModel,
  ids: readonly DocumentId[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += 500)
    await connection.run(
      `insert into vitrine_pending (model, document_id, logged_at) values ${ids
        .slice(from, from + 500)
        .map(() => "(?, ?, utc_timestamp(6))")
        .join(", ")}`,
      ids.slice(from, from + 500).flatMap((id) => [model.name, id]),
    );
}

/** Reads what the next batch of a model takes from its queue, at most `size` documents; see chooseDocuments. */
export async function readPending(
  connection: MariaDbConnection,
  model: DocumentModel,
  size: number,
  inFlight: InFlight,
): Promise<PendingBatch> {
  // A paced model gathers many rows of few documents: read further, evaluate each document once.
  const limit = (model.every === undefined ? size * 2 : Math.min(size * 20, PACED_ROWS)) + inFlight.rows.size;
  const part = `(select pending_id as id, document_id as documentId, bulk, logged_at as loggedAt from vitrine_pending
    where model = ? and bulk = ? order by pending_id limit ${limit})`;
  const values = [model.name, 0, model.name, 1];
  const found = await connection.query<PendingRow>(`${part} union all ${part}`, values);
  const small = found.filter((row) => Number(row.bulk) === 0);
  const bulk = found.filter((row) => Number(row.bulk) === 1);
  const isAllRead = small.length < limit && bulk.length < limit;
  return chooseDocuments({ small, bulk, isAllRead }, size, inFlight);
}

/** Heads of a model's queue, in the order of their ids. */
export interface QueueHeads {
  readonly small: readonly PendingRow[];
  /** Of big fan-outs. */
  readonly bulk: readonly PendingRow[];
  /** The queue has no other rows. */
  readonly isAllRead: boolean;
}

/**
 * Chooses the next documents of a model's queue, oldest first; those of big fan-outs fill what is left, but
 * get an eighth of every batch, so that they end too. Leaves out documents that are in flight: two batches
 * with one document would be decided by the guard anyhow, at the cost of evaluating it twice.
 */
export function chooseDocuments(
  { small, bulk, isAllRead }: QueueHeads,
  size: number,
  inFlight: InFlight,
): PendingBatch {
  const chosen = new Map<DocumentId, string[]>();
  let isWhole = isAllRead;
  let since: string | null = null;
  const take = (rows: readonly PendingRow[], room: number) => {
    for (const { id, documentId, loggedAt } of rows) {
      if (inFlight.rows.has(String(id))) continue;
      const known = chosen.get(documentId);
      if (known) known.push(String(id));
      else if (chosen.size < room && !inFlight.documents.has(documentId))
        chosen.set(documentId, [String(id)]);
      else {
        isWhole = false;
        continue;
      }
      if (since === null || loggedAt < since) since = loggedAt;
    }
  };
  const reserved = Math.min(bulk.length, Math.ceil(size / 8));
  take(small, size - reserved);
  // Beside small changes a fan-out gets no more than its share: a long batch would hold up the next small one.
  take(bulk, small.length > 0 ? Math.min(size, chosen.size + reserved) : size);
  const heads = [small[0]?.id, bulk[0]?.id].filter((id) => id !== undefined).map(BigInt);
  return {
    documentIds: [...chosen.keys()],
    pendingIds: [...chosen.values()].flat(),
    since,
    isWhole,
    oldestId: heads.length === 0 ? null : heads.reduce((a, b) => (a < b ? a : b)),
  };
}

/** The largest row id of a model's queue; null when it is empty. */
export async function readNewestPending(
  connection: MariaDbConnection,
  model: DocumentModel,
): Promise<bigint | null> {
  const [row] = await connection.query<{ id: string | null }>(
    `select greatest(
      coalesce((select max(pending_id) from vitrine_pending where model = ? and bulk = 0), 0),
      coalesce((select max(pending_id) from vitrine_pending where model = ? and bulk = 1), 0)
    ) as id`,
    [model.name, model.name],
  );
  const id = BigInt(row?.id ?? 0);
  return id === 0n ? null : id;
}

/** Deletes exactly these rows of the queue. */
export const deletePending = (connection: MariaDbConnection, ids: readonly string[]): Promise<number> =>
  deleteByIds(connection, { table: "vitrine_pending", key: "pending_id" }, ids);

/** The next `limit` row ids of a model's queue after `after`, in order. */
export async function readPendingIds(
  connection: MariaDbConnection,
  model: DocumentModel,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await connection.query<{ id: string }>(
    `select pending_id as id from vitrine_pending where model = ? and pending_id > cast(? as unsigned)
    order by pending_id limit ${limit}`,
    [model.name, after],
  );
  return rows.map((row) => String(row.id));
}

/** Whether a model's queue holds anything. */
export async function hasPending(db: Queryable, model: DocumentModel): Promise<boolean> {
  const found = await db.query("select 1 from vitrine_pending where model = ? limit 1", [model.name]);
  return found.length > 0;
}

/** The documents that a model's queue names. */
export async function readPendingDocuments(
  connection: Queryable,
  model: DocumentModel,
): Promise<readonly DocumentId[]> {
  const rows = await connection.query<{ id: string }>(
    "select distinct document_id as id from vitrine_pending where model = ?",
    [model.name],
  );
  return rows.map(({ id }) => id);
}

/** Whether a model's queue holds more rows than that. */
export async function isQueueLongerThan(db: Queryable, model: DocumentModel, rows: number): Promise<boolean> {
  const [found] = await db.query<{ n: string }>(
    `select count(*) as n from (select 1 from vitrine_pending where model = ? limit ${rows + 1}) as queued`,
    [model.name],
  );
  return Number(found?.n) > rows;
}
