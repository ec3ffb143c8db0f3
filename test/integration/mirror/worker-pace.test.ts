import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { countChanges } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

test("a worker takes no positions while the document that is asked for again is still being written", async () => {
  const model = { ...shop.model("customer_orders"), batch: 1 };
  const address = new URL(shop.mongodbUrl);
  const proxy = await openTcpProxy(Number(address.port));
  address.port = String(proxy.port);
  const far = openMongoDb(address.href);
  const pool = openMariaDb(shop.mariadbUrl, { size: loaderConnections });
  const stop = new AbortController();
  const loader = createLoader({
    ...{ db: pool, mongo: far, models: [model], logger: createLogger("silent"), auditShare: 0 },
  });
  const running = loader.run(stop.signal);
  const position = async () =>
    Number((await shop.db.query<{ n: string }>("select n from vitrine_position"))[0]?.n);
  const left = async () =>
    (await shop.db.query("select 1 from vitrine_pending")).length + (await countChanges(shop.db));
  const settled = () => expect.poll(left, { timeout: 10_000 }).toBe(0);
  try {
    await shop.db.run("update customer set last_name = 'Ready' where customer_id = 1");
    await settled();
    proxy.delay(400);
    // More rows of one document than one look takes.
    await shop.db.run(
      `insert into vitrine_pending (model, document_id, logged_at)
      select 'customer_orders', '1', utc_timestamp(6) from seq_1_to_9`,
    );
    const before = await position();
    await sleep(4000);
    expect((await position()) - before).toBeLessThan(20);
  } finally {
    proxy.delay(0);
    await settled();
    stop.abort();
    await running;
    await proxy.close();
    await Promise.all([far.close(), pool.close()]);
  }
});

test("a model that asks for a pause between batches gets it, however much is written, and is right at the end", async () => {
  const model = { ...shop.model("monthly_sales"), every: "800ms" };
  const started = performance.now();
  const loader = shop.createLoader([model], { auditShare: 0 });
  const stop = new AbortController();
  const running = loader.run(stop.signal);
  shop.events.length = 0;
  let price = 1;
  try {
    while (performance.now() - started < 4000) {
      await shop.db.run("update orderline set unit_price = ? where order_id = 1", [price++]);
      await sleep(20);
    }
    const batches = shop.events.filter(
      (event) => event.type === "applied" && event.kind === "changes",
    ).length;
    expect(batches).toBeGreaterThan(1);
    expect(batches).toBeLessThanOrEqual(2 + (performance.now() - started) / 800);
    const left = () => shop.db.query("select 1 from vitrine_pending where model = 'monthly_sales'");
    await expect.poll(async () => (await left()).length, { timeout: 10_000 }).toBe(0);
    expect((await shop.verify(model.name)).defects).toEqual([]);
  } finally {
    stop.abort();
    await running;
  }
});
