import { Long } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestDocuments } from "../../../src/core/pending-queue.ts";
import { turnIntoRebuild } from "../../../src/mirror/lanes/backlog.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { clearChanges } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
});
afterAll(() => shop.close());

const orders = () => shop.mongo.db.collection<{ _id: number }>("order_details");

test("a mirror that was never complete is not compared", async () => {
  expect(await shop.verify("order_details")).toMatchObject({ isComplete: false, defects: [] });
  await shop.mirror();
  expect(await shop.verify("order_details")).toMatchObject({ isComplete: true, checked: 4, defects: [] });
  // In its own shape, as after a first rebuild that has not ended.
  await shop.db.run("update vitrine_state set rebuilt_at = null where model = 'order_details'");
  await orders().deleteOne({ _id: 1 });
  expect(await shop.verify("order_details")).toMatchObject({ isComplete: false, defects: [] });
  await shop.db.run("update vitrine_state set rebuild_status = 'needed' where model = 'order_details'");
  await shop.mirror();
  expect(await shop.verify("order_details")).toMatchObject({ isComplete: true, checked: 4, defects: [] });
});

test("a mirror in another shape than this definition's is not compared: its rebuild is due", async () => {
  await shop.mirror();
  const [row] = await shop.db.query<{ shape: string }>(
    "select shape_hash as shape from vitrine_state where model = 'order_details'",
  );
  const record = (shape?: string) =>
    shop.db.run("update vitrine_state set shape_hash = ? where model = 'order_details'", [shape]);
  await record("other release");
  await orders().updateOne({ _id: 1 }, { $set: { _h: "of another format" } });
  expect(await shop.verify("order_details")).toMatchObject({ isComplete: false, defects: [] });
  await record(row?.shape);
  await requestDocuments(shop.db, shop.model("order_details"), ["1"]);
  await shop.mirror();
  expect(await shop.verify("order_details")).toMatchObject({ isComplete: true, defects: [] });
});

test("a manual edit is found by a deep look, with the place, and healed by a request", async () => {
  await shop.mirror();
  await orders().updateOne({ _id: 1 }, { $set: { "items.0.name": "Throne" } });
  expect((await shop.verify("order_details", false)).defects).toEqual([]);
  const { defects } = await shop.verify("order_details");
  expect(defects).toMatchObject([
    { id: "1", kind: "differs", differences: [{ path: "items.0.name", live: "Chair", mirror: "Throne" }] },
  ]);
  await requestDocuments(shop.db, shop.model("order_details"), ["1"]);
  await shop.mirror();
  expect((await shop.verify("order_details")).defects).toEqual([]);
});

test("an edit that changes only the type of a number is found", async () => {
  await shop.mirror();
  for (const [to, mirror] of [
    ["$toLong", { $numberLong: "1" }],
    ["$toDouble", { $numberDouble: "1.0" }],
  ] as const) {
    await orders().updateOne({ _id: 1 }, [{ $set: { orderId: { [to]: "$orderId" } } }], {
      bypassDocumentValidation: true,
    });
    expect((await shop.verify("order_details")).defects).toMatchObject([
      { id: "1", differences: [{ path: "orderId", mirror }] },
    ]);
  }
  await requestDocuments(shop.db, shop.model("order_details"), ["1"]);
  await shop.mirror();
});

test("deleted and orphaned documents are found by a quick look", async () => {
  await shop.mirror();
  await orders().deleteOne({ _id: 2 });
  const first = await orders().findOne({ _id: 1 });
  await orders().insertOne({ ...first, _id: 99_999 });
  expect((await shop.verify("order_details", false)).defects).toMatchObject([
    { id: "2", kind: "missing" },
    { id: "99999", kind: "orphan" },
  ]);
  await requestDocuments(shop.db, shop.model("order_details"), ["2", "99999"]);
  await shop.mirror();
  expect((await shop.verify("order_details")).defects).toEqual([]);
});

test("a version that nobody was given yet is found: the guard would refuse everything after", async () => {
  await shop.mirror();
  await orders().updateOne({ _id: 1 }, { $set: { _v: Long.fromNumber(2 ** 40) } });
  expect((await shop.verify("order_details")).defects).toMatchObject([{ id: "1", kind: "future" }]);
  await orders().deleteOne({ _id: 1 });
  await requestDocuments(shop.db, shop.model("order_details"), ["1"]);
  await shop.mirror();
});

test("a change that is on its way is no defect", async () => {
  await shop.mirror();
  await shop.db.run("update orderline set unit_price = 7 where order_id = 1");
  const report = await shop.verify("order_details");
  expect(report.defects).toEqual([]);
  expect(report.unsettled).toBe(1);
  await shop.mirror();
});

test("a document that waits in the queue is on its way, and so is one that was asked for", async () => {
  await shop.mirror();
  await shop.db.run("update orderline set unit_price = 7.5 where order_id = 1");
  await shop.db.run("update orderline set unit_price = 7.5 where order_id = 2");
  await clearChanges(shop.db);
  await shop.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('order_details', '1', utc_timestamp(6))",
  );
  await requestDocuments(shop.db, shop.model("order_details"), ["2"]);
  expect(await shop.verify("order_details")).toMatchObject({ defects: [], unsettled: 2 });
  await requestDocuments(shop.db, shop.model("customer_orders"), ["1", "2", "3", "4"]);
  await shop.mirror();
});

test("a model that is distrusted while it is being compared is left alone: what was on its way is forgotten", async () => {
  await shop.mirror();
  await shop.db.run("update orderline set unit_price = 7.25 where order_id = 1");
  await clearChanges(shop.db);
  await shop.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('order_details', '1', utc_timestamp(6))",
  );
  let forgotten: Promise<number> | undefined;
  const { db, mongo } = shop;
  const model = shop.model("order_details");
  const report = await verifyModel({
    ...{ db, mongo, model, deep: true, signal: new AbortController().signal },
    onProgress: () => {
      forgotten ??= withSnapshots(db, (snapshots) => turnIntoRebuild(db, snapshots, model));
    },
  });
  expect(await forgotten).toBe(1);
  expect(report).toMatchObject({ isComplete: false, defects: [] });
  await requestDocuments(shop.db, shop.model("customer_orders"), ["1", "2", "3", "4"]);
  await shop.mirror();
});

test("a document that was rejected is no defect", async () => {
  await shop.mirror();
  await shop.db.run(
    "insert into vitrine_rejected (model, document_id, reason) values ('order_details', '3', 'too large')",
  );
  await shop.mongo.db.collection<{ _id: number }>("order_details").deleteOne({ _id: 3 });
  expect(await shop.verify("order_details")).toMatchObject({ defects: [], rejected: 1 });
  await requestDocuments(shop.db, shop.model("order_details"), ["3"]);
  await shop.mirror();
  expect(await shop.verify("order_details")).toMatchObject({ defects: [], rejected: 0 });
});

test("a change that was lost is a defect", async () => {
  await shop.mirror();
  await shop.db.run("update orderline set unit_price = 8 where order_id = 1");
  await clearChanges(shop.db);
  expect((await shop.verify("order_details")).defects).toMatchObject([{ id: "1", kind: "differs" }]);
  await requestDocuments(shop.db, shop.model("order_details"), ["1"]);
  await shop.db.run("update orderline set unit_price = 9 where order_id = 1");
  await shop.mirror();
});

test("verify never cries wolf while shops write and the loader works", async () => {
  await shop.mirror();
  const stop = new AbortController();
  const running = shop.createLoader().run(stop.signal);
  const writing = (async () => {
    for (let round = 0; !stop.signal.aborted; round++) {
      await shop.db.run("update orderline set quantity = ? where order_id = ?", [
        1 + (round % 9),
        1 + (round % 4),
      ]);
      if (round % 5 === 0) await shop.db.run("insert into `order` (customer_id) values (1)");
      if (round % 9 === 0)
        await shop.db.run("delete from `order` where order_id > 4 order by order_id limit 1");
    }
  })();
  try {
    for (let look = 0; look < 3; look++)
      for (const name of ["order_details", "customer_orders", "product_buyers"])
        expect((await shop.verify(name)).defects).toEqual([]);
  } finally {
    stop.abort();
    await Promise.all([writing, running]);
  }
});

test("a model that is evaluated every few seconds only is proven too, soon after the writers have stopped", async () => {
  await shop.mirror();
  const stop = new AbortController();
  const running = shop.createLoader().run(stop.signal);
  const segments = shop.mongo.db.collection<{ _id: string; orders: number }>("customer_segments");
  const ordersOfAll = async () => (await segments.findOne({ _id: "ALL" }))?.orders;
  try {
    const before = await ordersOfAll();
    await shop.db.run("insert into `order` (customer_id) values (1)");
    await expect.poll(ordersOfAll, { timeout: 10_000 }).not.toEqual(before);
    // Its turn has just been: this one waits for the next.
    await shop.db.run("insert into `order` (customer_id) values (1)");
    const report = await shop.verify("customer_segments");
    expect(report).toMatchObject({ unsettled: 0, defects: [] });
  } finally {
    stop.abort();
    await running;
  }
});
