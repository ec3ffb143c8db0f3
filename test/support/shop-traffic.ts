import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";

const query = `query ($id: ID!) {
  orderDetails(id: $id) { orderId total }
  customerOrders(id: $id) { name }
}`;

/** Clients of a gateway that ask on. */
export interface Clients {
  answered(): number;
  slowestMs(): number;
  /** What went wrong: a connection, a status or an error of GraphQL. */
  readonly failures: readonly string[];
  /** No more questions; settles when the last one is answered. */
  stop(): Promise<void>;
}

/** Clients that keep their connections and ask AUTO one question after the other. */
export function askAlways(url: string, clients: number): Clients {
  const failures: string[] = [];
  let answered = 0;
  let slowest = 0;
  let isOver = false;
  const one = async (id: number) => {
    while (!isOver) {
      const begun = performance.now();
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query, variables: { id } }),
        });
        const text = await response.text();
        const { data, errors } = response.status === 200 ? JSON.parse(text) : { errors: text };
        if (errors !== undefined || !data) failures.push(`${response.status} ${JSON.stringify(errors)}`);
        else answered++;
      } catch (error) {
        failures.push(`${error} (${(error as Error).cause})`);
      }
      slowest = Math.max(slowest, performance.now() - begun);
      await sleep(20);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => one((index % 3) + 1)));
  return {
    answered: () => answered,
    slowestMs: () => Math.round(slowest),
    failures,
    async stop() {
      isOver = true;
      await all;
    },
  };
}

/** A shop that sells on: names and prices change. Returns what ends it, and tells how many statements there were. */
export function writeAlways(db: Queryable): () => Promise<number> {
  let writes = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      const row = (writes % 4) + 1;
      await db.run("update product set name = ?, current_price = ? where product_id = ?", [
        `Chair ${writes}`,
        `${(writes % 90) + 1}.50`,
        row,
      ]);
      await db.run("update customer set last_name = ? where customer_id = ?", [`Name ${writes}`, row]);
      writes += 2;
      await sleep(15);
    }
  })();
  return async () => {
    isOver = true;
    await writing;
    return writes;
  };
}
