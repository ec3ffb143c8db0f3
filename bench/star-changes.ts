import { setTimeout as sleep } from "node:timers/promises";
import { openMariaDb, type Queryable } from "../src/stores/mariadb/mariadb.ts";
import { type Latencies, retryDeadlocks } from "./latency.ts";
import type { BenchShop } from "./with-shop.ts";

/** The tables of facts: the field of their number in each model, and the column that changes write. */
export const stars = [
  { table: "sales_order", key: "salesOrderId", column: "units_sold" },
  { table: "purchase_order", key: "purchaseOrderId", column: "item_quantity" },
  { table: "payment", key: "paymentId", column: "payment_amount" },
] as const;

export type Star = (typeof stars)[number];

/** The models of a star: its facts, its rows as they stand, and its history. */
export const modelsOf = ({ table }: Star) =>
  [`fact_${table}`, `fact_${table}_current`, `${table}_history`] as const;

/** One change of one fact, in a transaction of its own; no other changes this fact. */
export interface StarChange {
  readonly star: Star;
  readonly id: number;
  write(db: Queryable): Promise<unknown>;
}

const orderColumns = `design_id, staff_id, counterparty_id, units_sold, unit_price, currency_id, agreed_delivery_date,
  agreed_payment_date, agreed_delivery_location_id, created_at, last_updated`;

/** So many changes at most, in turn of each star and of a new sale: the numbers of these begin with `newSale`. */
export async function planChanges(
  admin: Queryable,
  many: number,
  newSale: number,
): Promise<readonly StarChange[]> {
  const kinds: (readonly StarChange[])[] = [];
  const each = Math.ceil(many / (stars.length + 1));
  for (const star of stars) {
    const rows = await admin.query<{ id: number }>(
      `select ${star.table}_id as id from ${star.table} order by 1 limit ${each}`,
    );
    const sql = `update ${star.table} set ${star.column} = ${star.column} + 1 where ${star.table}_id = ?`;
    kinds.push(rows.map(({ id }) => ({ star, id, write: (db) => db.run(sql, [id]) })));
  }
  // A row that is there says what a sale is like.
  const [sale] = await admin.query<Record<string, string | number>>(
    `select ${orderColumns} from sales_order order by sales_order_id limit 1`,
  );
  const values = Object.values(sale ?? {});
  const insert = `insert into sales_order (sales_order_id, ${orderColumns}) values (?${", ?".repeat(values.length)})`;
  kinds.push(
    Array.from({ length: each }, (_, index) => {
      const id = newSale + index;
      return { star: stars[0], id, write: (db) => db.run(insert, [id, ...values]) };
    }),
  );
  const changes: StarChange[] = [];
  for (let index = 0; index < each; index += 1) changes.push(...kinds.flatMap((kind) => kind[index] ?? []));
  return changes.slice(0, many);
}

export interface StarTraffic {
  readonly changes: readonly StarChange[];
  /** Changes per second. */
  readonly rate: number;
  /** Collections in which a change is to be seen; the kind of each is what latencies are told by. */
  readonly seenIn: (star: Star) => Readonly<Record<string, string>>;
  /** Done by the terminal itself after each commit, where no loader is to do it. */
  readonly afterCommit?: (change: StarChange) => Promise<unknown>;
}

export interface StarLatencies {
  /** From the commit's answer until a change stream shows the document, by kind of collection. */
  readonly visible: ReadonlyMap<string, Latencies>;
  /** Changes per second that were reached. */
  readonly rate: number;
}

/** Writes each change at a steady rate, and sees when the mirror shows it. */
export async function measureStarChanges(
  { mariadbUrl, mongo }: BenchShop,
  { changes, rate, seenIn, afterCommit }: StarTraffic,
): Promise<StarLatencies> {
  const seen = new Map<string, number>();
  const streams = stars.flatMap((star) =>
    Object.values(seenIn(star)).map((name) => {
      const stream = mongo.db.collection(name).watch([], { fullDocument: "updateLookup" });
      stream.on("change", (event) => {
        // Of a history, the version before is written too: it is the new one that counts.
        if (name.endsWith("_history") && event.operationType !== "insert") return;
        const id = "fullDocument" in event ? event.fullDocument?.[star.key] : undefined;
        const place = `${name} ${id}`;
        if (!seen.has(place)) seen.set(place, performance.now());
      });
      return stream;
    }),
  );
  await sleep(1000);
  const writer = openMariaDb(mariadbUrl, { size: 20 });
  const committed = new Map<StarChange, number>();
  const started = performance.now();
  const running: Promise<unknown>[] = [];
  for (const [index, change] of changes.entries()) {
    const due = started + (index * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    running.push(
      retryDeadlocks(() => change.write(writer)).then(() => {
        committed.set(change, performance.now());
        return afterCommit?.(change);
      }),
    );
  }
  await Promise.all(running);
  const reached = changes.length / ((performance.now() - started) / 1000);
  const places = changes.flatMap((change) =>
    Object.entries(seenIn(change.star)).map(([kind, name]) => ({
      kind,
      change,
      place: `${name} ${change.id}`,
    })),
  );
  const deadline = performance.now() + 60_000;
  while (places.some(({ place }) => !seen.has(place)) && performance.now() < deadline) await sleep(20);
  await Promise.all(streams.map((stream) => stream.close()));
  await writer.close();
  const visible = new Map<string, number[]>();
  for (const { kind, change, place } of places) {
    const age = (seen.get(place) ?? Number.POSITIVE_INFINITY) - (committed.get(change) ?? 0);
    visible.set(kind, [...(visible.get(kind) ?? []), Math.max(0, age)]);
  }
  for (const ages of visible.values()) ages.sort((one, other) => one - other);
  return { visible, rate: reached };
}
