import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";

/**
 * Settles when so many transactions of this database wait for a lock on a row. InnoDB renews what it tells only for a
 * question that comes 100 ms after the last: who asks more often, alone or with others, sees the first answer for ever.
 */
export async function untilWaiting(db: Pick<Queryable, "query">, count: number): Promise<void> {
  for (const deadline = Date.now() + 25_000; ; await sleep(120 + Math.random() * 280)) {
    const waiting = await db.query(
      `select 1 from information_schema.innodb_trx join information_schema.processlist on id = trx_mysql_thread_id
      where db = database() and trx_state = 'LOCK WAIT'`,
    );
    if (waiting.length === count) return;
    if (Date.now() >= deadline) throw new Error(`${waiting.length} transactions wait, not ${count}.`);
  }
}
