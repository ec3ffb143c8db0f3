import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";
import { countChanges } from "../support/changes.ts";

/** What was on its way from source to mirror at one moment. */
export interface InFlight {
  /** Rows of change tables: not resolved yet. */
  readonly changes: number;
  /** Rows of `vitrine_pending`: documents to be evaluated. */
  readonly documents: number;
  /** Batches that MongoDB was sent and that MariaDB was not yet told of. */
  readonly batches: number;
}

/** What is logged and queued now, and how many rebuilds are not done. */
export async function readQueues(db: Queryable) {
  const changes = await countChanges(db);
  const [row] = await db.query<Record<"documents" | "rebuilds", string>>(
    `select (select count(*) from vitrine_pending) as documents,
      (select count(*) from vitrine_state where rebuild_status <> 'done') as rebuilds`,
  );
  if (!row) throw new Error("A select without a table gives a row.");
  return {
    changes,
    documents: Number(row.documents),
    rebuilds: Number(row.rebuilds),
  };
}

/** Until nothing is on its way and no rebuild is left; false when that takes longer. */
export async function waitUntilDrained(db: Queryable, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const queues = await readQueues(db).catch(() => undefined);
    if (queues && queues.changes + queues.documents + queues.rebuilds === 0) return true;
    await sleep(20);
  }
  return false;
}

/**
 * Looks until rows are waiting and a batch is between the two stores; after `timeoutMs` whatever is there. A
 * random part of a batch later it may have landed, so whoever wants to strike does so at once.
 */
export async function waitForFlight(look: () => Promise<InFlight>, timeoutMs: number): Promise<InFlight> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if ((seen.batches > 0 && seen.changes + seen.documents > 0) || Date.now() > deadline) return seen;
    await sleep(1);
  }
}
