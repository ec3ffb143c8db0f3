import { setTimeout as sleep } from "node:timers/promises";
import { openMariaDb, sqlErrorOf } from "../src/stores/mariadb/mariadb.ts";
import type { BenchShop } from "./with-shop.ts";

/** Milliseconds, sorted. */
export type Latencies = readonly number[];

export const percentile = (sorted: Latencies, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export interface Visibility {
  /** From the commit's answer until the mirror's change stream shows the document. */
  readonly visible: Latencies;
  /** Of the writing transaction itself. */
  readonly commit: Latencies;
  /** Transactions per second that were reached. */
  readonly rate: number;
}

/** As every terminal does; the time of the tries belongs to the commit. */
export async function retryDeadlocks<T>(work: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (sqlErrorOf(error)?.errno !== 1213) throw error;
    }
}

export interface Traffic {
  /** Transactions per second. */
  readonly rate: number;
  readonly seconds: number;
  /** The first order. */
  readonly from: number;
  /** Done by the terminal itself after each commit, where no loader is to do it. */
  readonly afterCommit?: (orderId: number) => Promise<unknown>;
  /** Where the order must be seen; `order_details` if undefined. */
  readonly collection?: string;
}

/**
 * Changes the price paid in one order per transaction, each order once, at a steady rate, and sees when
 * the mirror shows it.
 */
export async function measureVisibility(
  shop: BenchShop,
  { rate, seconds, from, afterCommit, collection = "order_details" }: Traffic,
): Promise<Visibility> {
  const orders = await shop.admin.query<{ id: number; product: number }>(
    `select order_id as id, min(product_id) as product from orderline where order_id >= ${from}
    group by order_id order by order_id limit ${rate * seconds}`,
  );
  const committed = new Map<number, number>();
  const seen = new Map<number, number>();
  const stream = shop.mongo.db.collection(collection).watch([], { fullDocument: "updateLookup" });
  stream.on("change", (event) => {
    if ("documentKey" in event) seen.set(Number(event.documentKey._id), performance.now());
  });
  await sleep(500);
  const writer = openMariaDb(shop.mariadbUrl, { size: 20 });
  const commit: number[] = [];
  const started = performance.now();
  const running: Promise<void>[] = [];
  for (const [index, { id, product }] of orders.entries()) {
    const due = started + (index * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    const begun = performance.now();
    const write = retryDeadlocks(() =>
      writer.run(
        "update orderline set unit_price = unit_price + 0.01 where order_id = ? and product_id = ?",
        [id, product],
      ),
    );
    running.push(
      write.then(async () => {
        committed.set(id, performance.now());
        commit.push(performance.now() - begun);
        await afterCommit?.(id);
      }),
    );
  }
  await Promise.all(running);
  const reached = orders.length / ((performance.now() - started) / 1000);
  const deadline = performance.now() + 60_000;
  while (orders.some(({ id }) => !seen.has(id)) && performance.now() < deadline) await sleep(20);
  await stream.close();
  await writer.close();
  const visible = orders.map(({ id }) => Math.max(0, (seen.get(id) ?? Infinity) - (committed.get(id) ?? 0)));
  const sort = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  return { visible: sort(visible), commit: sort(commit), rate: reached };
}
