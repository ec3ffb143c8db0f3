import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createFastPath, type FastPathOptions } from "../../../src/mirror/lanes/fast.ts";
import type { Loader } from "../../../src/mirror/loader.ts";
import { landCycle, readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { countChanges, everything } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

let shop: MirrorShop;
let models: readonly DocumentModel[];
beforeAll(async () => {
  shop = await openMirrorShop();
  models = ["customer_orders", "order_details", "product_buyers"].map((name) => shop.model(name));
  await shop.mirror();
});
afterAll(() => shop.close());

/** On a busy machine a read may well take longer than a loader would wait for it. */
const ready = (options: Partial<FastPathOptions> = {}) =>
  createFastPath({
    mongo: shop.mongo,
    readyIn: (model) => model.name,
    onEvent: () => undefined,
    deadlineMs: 10_000,
    ...options,
  });
const rename = (name: string) =>
  shop.db.run("update customer set last_name = ? where customer_id = 1", [name]);
const renamed = async () =>
  (await shop.mongo.db.collection<{ _id: number; lastName?: string }>("customer_orders").findOne({ _id: 1 }))
    ?.lastName;
const left = async () => ({
  changes: await countChanges(shop.db),
  pending: (await shop.db.query<{ model: string }>("select distinct model from vitrine_pending")).map(
    (row) => row.model,
  ),
});

/** Of these three: the changes of this file are forgotten before the other models are asked. */
async function defects(): Promise<readonly unknown[]> {
  const reports = await Promise.all(models.map((model) => shop.verify(model.name)));
  return reports.flatMap((report) => report.defects);
}

let stop = new AbortController();
let running: Promise<void> = Promise.resolve();
async function start(loader: Loader): Promise<void> {
  stop = new AbortController();
  running = loader.run(stop.signal);
  await expect.poll(() => shop.events.filter((event) => event.type === "guarded").length).toBeGreaterThan(0);
}
afterEach(async () => {
  stop.abort();
  await running;
});

test("a running loader mirrors a small change of cheap models without their queues", async () => {
  await start(shop.createLoader(models));
  // The worker of a model says that it is ready some time after the start.
  await expect
    .poll(async () => {
      shop.events.length = 0;
      await rename(`Ada ${performance.now()}`);
      await expect.poll(async () => (await left()).changes).toBe(0);
      return shop.events.flatMap((event) => (event.type === "resolved" ? [event.queued] : []));
    })
    .toEqual([0]);
  expect((await left()).pending).toEqual([]);
  await rename("Quick");
  await expect.poll(renamed, { interval: 5 }).toBe("Quick");
  await expect.poll(left).toEqual({ changes: 0, pending: [] });
});

test("what is written this way is what the view says, tombstones included", async () => {
  await shop.db.run("insert into `order` (order_id, customer_id) values (501, 3)");
  await shop.db.run("insert into orderline (order_id, product_id) values (501, 1), (501, 2)");
  await shop.db.run("update `order` set customer_id = 4 where order_id = 501");
  await shop.db.run("insert into `order` (order_id, customer_id) values (502, 2)");
  await shop.db.run("delete from `order` where order_id = 502");
  await withSnapshots(shop.db, async (snapshots) => {
    const cycle = await readCycle(snapshots, models, { ...(await everything(shop.db)), fast: ready() });
    expect(cycle.fast.map((batch) => batch.model)).toEqual(models);
    await landCycle(shop.db, cycle, ready());
  });
  expect(await left()).toEqual({ changes: 0, pending: [] });
  expect(await defects()).toEqual([]);
  const gone = await shop.mongo.db.collection<{ _id: number }>("order_details").findOne({ _id: 502 });
  expect(gone).toMatchObject({ _del: true });
});

test("a paced model, one that is not ready, and a backlog take the queue", async () => {
  const all = ready({ readyIn: (model) => (model.name === "order_details" ? undefined : model.name) });
  await shop.db.run("update orderline set unit_price = unit_price + 1 where order_id = 1 and product_id = 1");
  await withSnapshots(shop.db, async (snapshots) => {
    const cycle = await readCycle(snapshots, shop.models, { ...(await everything(shop.db)), fast: all });
    const fast = cycle.fast.map((batch) => batch.model.name);
    expect(fast).toContain("customer_orders");
    expect(fast).not.toContain("order_details");
    expect(fast).not.toContain("state_sales");
    const full = await readCycle(snapshots, shop.models, {
      ...(await everything(shop.db)),
      limit: 1,
      fast: all,
    });
    expect([...full.long]).toEqual(expect.arrayContaining(["orderline"]));
    expect(full.changes).toEqual([]);
    expect(full.fast).toEqual([]);
    await landCycle(shop.db, cycle, all);
  });
  expect((await left()).pending).toEqual(expect.arrayContaining(["order_details", "state_sales"]));
  expect((await left()).pending).not.toContain("customer_orders");
  await shop.mirror();
  expect(await defects()).toEqual([]);
});

test("behind its queue a model does not take the fast path: what the queue rejects would stay rejected", async () => {
  await shop.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('customer_orders', '2', utc_timestamp(6))",
  );
  await rename("Queued");
  await withSnapshots(shop.db, async (snapshots) => {
    const cycle = await readCycle(snapshots, models, { ...(await everything(shop.db)), fast: ready() });
    expect(cycle.fast.map((batch) => batch.model.name)).toEqual(["order_details", "product_buyers"]);
  });
  await shop.mirror();
  expect(await defects()).toEqual([]);
});

test("a view that takes its time holds up the log no longer than a moment", async () => {
  const view = await readFile(resolve(shop.sqlDir, "views/pos/order_details.sql"), "utf8");
  await shop.admin.query(
    view.replace("    placed.status,", "    if(sleep(20) = 1, null, placed.status) as status,"),
  );
  await rename("Slowly");
  const started = performance.now();
  const fast = ready({ deadlineMs: 1000 });
  await withSnapshots(shop.db, async (snapshots) => {
    const cycle = await readCycle(snapshots, models, { ...(await everything(shop.db)), fast });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(cycle.fast.map((batch) => batch.model.name)).not.toContain("order_details");
    expect(cycle.fast.map((batch) => batch.model.name)).toContain("customer_orders");
  });
  await shop.admin.query(view);
  await shop.mirror();
  expect(await defects()).toEqual([]);
});

test("a mirror that does not answer holds up the log no longer than a moment, and nothing is lost", async () => {
  const address = new URL(shop.mongodbUrl);
  const proxy = await openTcpProxy(Number(address.port));
  address.port = String(proxy.port);
  const far = openMongoDb(address.href);
  try {
    const fast = ready({ mongo: far, deadlineMs: 1000 });
    await far.db.command({ ping: 1 });
    proxy.blackHole();
    await rename("Swallowed");
    await withSnapshots(shop.db, async (snapshots) => {
      const cycle = await readCycle(snapshots, models, { ...(await everything(shop.db)), fast });
      expect(cycle.fast.length).toBeGreaterThan(0);
      await landCycle(shop.db, cycle, fast);
      expect(await left()).toEqual({ changes: 0, pending: expect.arrayContaining(["customer_orders"]) });
      // It does not wait for the same model again.
      await rename("Swallowed too");
      expect((await readCycle(snapshots, models, { ...(await everything(shop.db)), fast })).fast).toEqual([]);
    });
    proxy.open();
    await shop.mirror();
    expect(await renamed()).toBe("Swallowed too");
    expect(await defects()).toEqual([]);
  } finally {
    await proxy.close();
    await far.close();
  }
});

test("a loader that dies between the write and its acknowledgement leaves the change in the log", async () => {
  await rename("Halfway");
  await withSnapshots(shop.db, async (snapshots) => {
    const fast = ready();
    const cycle = await readCycle(snapshots, models, { ...(await everything(shop.db)), fast });
    expect((await fast.write(cycle.fast)).length).toBeGreaterThan(0);
  });
  expect((await left()).changes).toBe(1);
  await rename("Home");
  await shop.mirror();
  expect(await renamed()).toBe("Home");
  expect(await defects()).toEqual([]);
});

test("documents of another recorded shape are not acknowledged: they stay to be written", async () => {
  await rename("Shapeless");
  await withSnapshots(shop.db, async (snapshots) => {
    const fast = ready();
    const cycle = await readCycle(snapshots, models, { ...(await everything(shop.db)), fast });
    expect(cycle.fast.map(({ model }) => model.name)).toContain("customer_orders");
    // Recorded after the snapshot, which says that the shape is its own.
    await shop.db.run("update vitrine_state set shape_hash = 'other' where model = 'customer_orders'");
    const resolved = await landCycle(shop.db, cycle, fast);
    expect(resolved.queued.get("customer_orders")).toBe(1);
  });
  expect((await left()).pending).toContain("customer_orders");
  await shop.db.run("delete from vitrine_state where model = 'customer_orders'");
  await shop.mirror();
  expect(await defects()).toEqual([]);
});
