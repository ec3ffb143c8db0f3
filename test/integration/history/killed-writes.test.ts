import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MariaDb, openMariaDb, sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
let admin: MariaDb;
beforeAll(async () => {
  gateway = await openTestGateway();
  // A pool of its own: it holds the connections of all writers, and of those who kill.
  admin = openMariaDb(gateway.database.mariadbUrl, { size: 8 });
});
afterAll(async () => {
  await admin?.close();
  await gateway?.close();
});

const RUN_MS = 3000;
/**
 * Terminals that write the same rows: one of them is asked to try again, as ever. And a defect of MariaDB: a statement that
 * is killed while it opens a table may leave that copy's triggers "in error", until the table is flushed.
 */
const others = [1213, 1064];

/** Transactions that MariaDB has on its record of them: that is what a killed write made unusable. */
async function readRecord(): Promise<number> {
  const [row] = await admin.query<{ n: number }>("select count(*) as n from mysql.transaction_registry");
  return Number(row?.n);
}

/** Customers are renamed by four terminals for a while; what was refused is counted by its error. */
async function rename(prepare: string, meanwhile: (threads: readonly number[]) => Promise<void>) {
  const errors = new Map<number, number>();
  let written = 0;
  const until = performance.now() + RUN_MS;
  const threads: number[] = [];
  const terminal = (number: number) =>
    admin.withConnection(async (connection) => {
      await connection.run(prepare);
      threads.push(Number(connection.raw.threadId));
      for (let turn = 0; performance.now() < until; turn++)
        try {
          await connection.run("update customer set last_name = ? where customer_id = ?", [
            `N${turn}`,
            number + 4 * (turn % 10),
          ]);
          written += 1;
        } catch (error) {
          const errno = sqlErrorOf(error)?.errno ?? 0;
          errors.set(errno, (errors.get(errno) ?? 0) + 1);
        }
      await connection.run("set session max_statement_time = default");
    });
  const killers = async () => {
    while (performance.now() < until) {
      await meanwhile(threads);
      await sleep(5);
    }
  };
  await Promise.all([0, 1, 2, 3].map(terminal).concat(killers()));
  return { written, errors };
}

/** Whoever writes now is not refused. */
async function expectShopToWork() {
  await admin.run("flush tables customer, product, price_history, city, `order`, orderline");
  for (let customer = 0; customer < 20; customer++)
    await admin.run("update customer set phone = concat('1', ?) where customer_id = ?", [customer, customer]);
}

test("Writes that are killed stop no other write, and MariaDB keeps no record of transactions for them", async () => {
  const before = await readRecord();
  let kills = 0;
  const { written, errors } = await rename("do 0", async (threads) => {
    const thread = threads[kills % Math.max(1, threads.length)];
    if (thread === undefined) return;
    kills += 1;
    // It has just ended by itself.
    await admin.run("kill query ?", [thread]).catch(() => undefined);
  });
  expect(errors.get(1317)).toBeGreaterThan(10);
  expect([...errors.keys()].filter((errno) => errno !== 1317 && !others.includes(errno))).toEqual([]);
  expect(written).toBeGreaterThan(0);
  expect(await readRecord()).toBe(before);
  await expectShopToWork();
});

test("Writes that run into their time limit stop no other write", async () => {
  const before = await readRecord();
  const { errors } = await rename("set session max_statement_time = 0.0005", async () => undefined);
  expect(errors.get(1969)).toBeGreaterThan(10);
  expect([...errors.keys()].filter((errno) => errno !== 1969 && !others.includes(errno))).toEqual([]);
  expect(await readRecord()).toBe(before);
  await expectShopToWork();
});

test("Clients of the gateway that leave in the middle of a mutation stop no other write", async () => {
  const before = await readRecord();
  const until = performance.now() + RUN_MS;
  let left = 0;
  const client = async (number: number) => {
    for (let turn = 0; performance.now() < until; turn++) {
      const leaving = AbortSignal.timeout(2 + ((turn * 7 + number) % 25));
      await fetch(gateway.server.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          query: `mutation { updatePrice(productId: ${1 + number}, price: "${1 + (turn % 90)}.00") { token } }`,
        }),
        signal: leaving,
      })
        .then((response) => response.arrayBuffer())
        .catch(() => {
          left += 1;
        });
    }
  };
  await Promise.all([0, 1, 2, 3].map(client));
  expect(left).toBeGreaterThan(10);
  expect(await readRecord()).toBe(before);
  await expectShopToWork();
  const answer = await gateway.ask('mutation { updatePrice(productId: 1, price: "5.55") { token } }');
  expect(answer.errors).toBeUndefined();
});
