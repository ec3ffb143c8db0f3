import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { posRules } from "../../../src/domains/pos/rules.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { createProcedureCaller, type ProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { type MariaDbConnection, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
/** Threads of the server that were asked for: one per attempt. */
const threads: number[] = [];

beforeAll(async () => {
  let caller: ProcedureCaller | undefined;
  gateway = await openTestGateway({
    procedures: { call: (...call) => caller?.call(...call) ?? Promise.reject(new Error("not open yet")) },
  });
  const { writer, admin } = gateway.database;
  const withConnection: typeof writer.withConnection = (work) =>
    writer.withConnection(async (connection) => {
      threads.push(Number(connection.raw.threadId));
      return work(connection);
    });
  caller = createProcedureCaller({ ...writer, withConnection }, posRules);
  await admin.run("update product set available_quantity = 1000 where product_id in (1, 2)");
});
afterAll(() => gateway?.close());

const sell = (...products: readonly number[]) =>
  gateway.ask(
    `mutation { recordSale(customerId: 1, lines: [${products.map((id) => `{ productId: ${id}, quantity: 1 }`)}]) {
      orderId token
    } }`,
  );
const stock = () =>
  gateway.database.admin.query(
    "select available_quantity from product where product_id in (1, 2) order by product_id",
  );
const lock = (connection: MariaDbConnection, product: number) =>
  connection.query("select 1 from mv_product_buyers where product_id = ? for update", [product]);
/**
 * Settles when the attempt that runs now waits for a row that somebody else has locked. The server renews what it
 * tells only for a question that comes 100 ms after the last: who asks more often sees the first answer for ever.
 */
const untilWaiting = () =>
  vi.waitFor(
    async () =>
      expect(
        await gateway.database.admin.query(
          "select 1 from information_schema.innodb_trx where trx_mysql_thread_id = ? and trx_state = 'LOCK WAIT'",
          [threads.at(-1)],
        ),
      ).toHaveLength(1),
    { timeout: 20_000, interval: 200 },
  );

describe("A sale through GraphQL", () => {
  test("that is the victim of a deadlock is tried again, and then sold once", async () => {
    const before = await stock();
    threads.length = 0;
    const { admin } = gateway.database;
    const sale = await admin.withConnection(async (other) => {
      await other.run("start transaction");
      // The heavier transaction survives.
      await other.run(
        `insert ignore into city (zip, city, state)
        select lpad(seq, 5, '0'), 'Deadlock', 'TX' from seq_1_to_2000`,
      );
      await lock(other, 2);
      const selling = sell(1, 2);
      await untilWaiting();
      await lock(other, 1);
      await other.run("rollback");
      return selling;
    });
    expect(sale.errors).toBeUndefined();
    // Two attempts; the position of the token is taken on the connection of the last.
    expect(threads).toHaveLength(2);
    expect(before).toEqual(
      (await stock()).map((row) => ({ available_quantity: Number(row.available_quantity) + 1 })),
    );
  });

  test("is seen by its token in the mirror that is followed, and live at once where it is not", async () => {
    const { database } = gateway;
    const read = async (sale: Awaited<ReturnType<typeof sell>>, source: string) => {
      const { orderId, token } = (sale.data?.recordSale ?? {}) as Record<string, unknown>;
      const answer = await gateway.ask(
        `query($id: ID!, $token: String, $source: Source) {
          orderDetails(id: $id, afterWrite: $token, source: $source) { orderId }
        }`,
        { id: orderId, token, source },
      );
      return {
        ...answer,
        seen: (answer.data?.orderDetails as { orderId?: unknown } | null)?.orderId === orderId,
      };
    };
    const models = database.project.domains.flatMap((domain) => domain.models);
    const db = openMariaDb(database.mariadbUrl, { size: loaderConnections });
    const loader = createLoader({ db, mongo: database.mongo, models, logger: createLogger("silent") });
    const over = new AbortController();
    const running = loader.run(over.signal);
    try {
      for (let sale = 0; sale < 3; sale++) {
        const sold = await sell(1);
        // The mirror may say that it is not there yet; it may never answer without the sale.
        const mirrored = await vi.waitFor(
          async () => {
            const answer = await read(sold, "MIRROR");
            if (answer.errors) expect(answer.errors[0]?.extensions.code).toBe("MIRROR_UNAVAILABLE");
            else expect(answer.seen).toBe(true);
            return answer.errors ? Promise.reject(answer.errors) : answer;
          },
          { timeout: 40_000, interval: 50 },
        );
        expect(mirrored.extensions?.freshness[0]?.source).toBe("MIRROR");
      }
    } finally {
      over.abort();
      await running.catch(() => undefined);
      await db.close();
    }
    const sold = await sell(1);
    const begun = performance.now();
    const live = await read(sold, "AUTO");
    expect(live.seen).toBe(true);
    expect(live.extensions?.freshness[0]?.source).toBe("LIVE");
    expect(performance.now() - begun).toBeLessThan(5000);
    expect((await read(sold, "MIRROR")).errors?.[0]?.extensions.code).toBe("MIRROR_UNAVAILABLE");
  });
});
