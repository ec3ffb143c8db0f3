import { afterAll, beforeAll, expect, test } from "vitest";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import { readExamples } from "../../../src/graphql/examples.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { openWsClient } from "../graphql/live-market.ts";

let gateway: TestGateway;
let stop: () => Promise<void> = async () => {};
beforeAll(async () => {
  gateway = await openTestGateway();
  const { urls, mongo, admin } = gateway.database;
  await admin.run("update product set available_quantity = 1000 where product_id = 1");
  const db = openMariaDb(urls.loader, { size: loaderConnections });
  const models = [sales, ...sales.cube.rollUps];
  const ended = new AbortController();
  const running = createLoader({ db, mongo, models, logger: createLogger("silent"), verifyShare: 0 }).run(
    ended.signal,
  );
  stop = async () => {
    ended.abort();
    await running;
    await db.close();
  };
});
afterAll(async () => {
  await stop();
  await gateway?.close();
});

interface Update {
  readonly isWhole: boolean;
  readonly changes: readonly { readonly key: string; readonly row: object | null }[];
}

test("the sales of states follow a sale, as the example asks for them", async () => {
  const examples = await readExamples("examples/pos");
  const query = examples.find(({ name }) => name === "live-sales-of-states")?.query ?? "";
  const rows = new Map<string, object>();
  openWsClient(gateway.server.url).subscribe<{ salesChanged: Update }>(
    { query },
    {
      next({ data }) {
        if (data?.salesChanged.isWhole) rows.clear();
        for (const { key, row } of data?.salesChanged.changes ?? [])
          if (row) rows.set(key, row);
          else rows.delete(key);
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
  const answer = async () => {
    const { data } = await gateway.ask(
      "{ sales(groupBy: [STATE], source: LIVE) { state revenue bookedRevenue units } }",
    );
    return new Map(
      ((data?.sales ?? []) as readonly { readonly state: string }[]).map((row) => [
        JSON.stringify({ state: row.state }),
        row,
      ]),
    );
  };
  const before = await answer();
  expect(before.size).toBeGreaterThan(1);
  await expect.poll(() => rows).toEqual(before);
  const { errors } = await gateway.ask(
    "mutation { recordSale(customerId: 1, lines: [{ productId: 1, quantity: 2 }]) { orderId } }",
  );
  expect(errors).toBeUndefined();
  const after = await answer();
  expect(after).not.toEqual(before);
  await expect.poll(() => rows, { timeout: 30_000 }).toEqual(after);
});
