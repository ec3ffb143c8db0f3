import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

/** What a loader has read and not written yet. */
const readStalled = (model: string, ids: readonly string[]) =>
  withSnapshots(shop.db, (snapshots) =>
    createBatchReader(shop.model(model), () => 0n).readThese(snapshots, ids),
  );

test("three loaders race over a stream of changes and end right", async () => {
  const stop = new AbortController();
  const loaders = [1, 2, 3].map(() => shop.createLoader().run(stop.signal));
  const until = Date.now() + 4000;
  for (let round = 0; Date.now() < until; round++) {
    const order = 1 + (round % 4);
    await shop.db.run("update orderline set unit_price = ? where order_id = ?", [round % 100, order]);
    await shop.db.run("update customer set last_name = ? where customer_id = ?", [`N${round}`, order]);
    if (round % 7 === 0) await shop.db.run("insert into `order` (customer_id) values (?)", [order]);
    if (round % 11 === 0)
      await shop.db.run("delete from `order` where order_id > 4 and order_id % 3 = 0 limit 2");
  }
  stop.abort();
  await Promise.all(loaders);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});

test("what a stalled loader writes after all others have gone on is refused, however late it is", async () => {
  const stalled = await readStalled("order_details", ["1", "2"]);
  await shop.db.run("update orderline set quantity = quantity + 1 where order_id in (1, 2)");
  await shop.mirror();
  const late = await applyBatch(
    { db: shop.db, mongo: shop.mongo, model: shop.model("order_details") },
    stalled,
  );
  expect(late.outcome).toMatchObject({ written: 0, skipped: 2 });
  // Nor does it take back what the mirror says of itself.
  expect(await checkIdentity(shop.db, shop.mongo, shop.models)).toBeNull();
  expect(await shop.defects()).toEqual([]);
});

test("a document deleted meanwhile is not brought back by a stalled loader: its tombstone is newer", async () => {
  await shop.db.run("insert into `order` (order_id, customer_id) values (500, 1)");
  await shop.mirror();
  const stalled = await readStalled("order_details", ["500"]);
  await shop.db.run("delete from `order` where order_id = 500");
  await shop.mirror();
  await applyBatch({ db: shop.db, mongo: shop.mongo, model: shop.model("order_details") }, stalled);
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});

test("with hard deletes it would be brought back, and verify says so", async () => {
  await shop.db.run("insert into `order` (order_id, customer_id) values (501, 1)");
  await shop.mirror();
  const stalled = await readStalled("order_details", ["501"]);
  await shop.db.run("delete from `order` where order_id = 501");
  await shop.mirror();
  await shop.mongo.db.collection<{ _id: number }>("order_details").deleteOne({ _id: 501 });
  await applyBatch({ db: shop.db, mongo: shop.mongo, model: shop.model("order_details") }, stalled);
  expect(await shop.defects()).toEqual(["order_details 501 orphan"]);
  expect(await shop.disagreements()).toHaveLength(1);
  await shop.mongo.db.collection<{ _id: number }>("order_details").deleteOne({ _id: 501 });
});

test("with last write wins a stalled loader would put back the past, and verify says so", async () => {
  const collection = shop.mongo.db.collection<{ _id: number }>("order_details");
  const old = await collection.findOne({ _id: 1 });
  await shop.db.run("update orderline set quantity = quantity + 1 where order_id = 1");
  await shop.mirror();
  if (!old) throw new Error("Order 1 is not mirrored.");
  await collection.replaceOne({ _id: 1 }, old);
  expect(await shop.defects()).toEqual(["order_details 1 differs"]);
  await shop.db.run("update orderline set quantity = quantity + 1 where order_id = 1");
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});
