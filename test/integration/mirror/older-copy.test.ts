import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBatch } from "../../../src/mirror/apply-batch.ts";
import { checkIdentity } from "../../../src/mirror/check-identity.ts";
import { createBatchReader } from "../../../src/mirror/read-next.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

test("a batch that comes before the guard's look does not hide that the mirror is an older copy", async () => {
  const model = shop.model("order_details");
  const orders = shop.mongo.db.collection<{ _id: number }>(model.name);
  const records = shop.mongo.db.collection<{ _id: string }>("_vitrine");
  const old = { order: await orders.findOne({ _id: 1 }), record: await records.findOne({ _id: model.name }) };
  await shop.db.run("update orderline set unit_price = 3 where order_id = 1");
  await shop.mirror();
  await orders.replaceOne({ _id: 1 }, old.order ?? {});
  await records.replaceOne({ _id: model.name }, old.record ?? {});
  const batch = await withSnapshots(shop.db, (snapshots) =>
    createBatchReader(model, () => 0n).readThese(snapshots, ["2"]),
  );
  await expect(applyBatch(shop.db, shop.mongo, model, batch)).rejects.toThrow(/lacks writes/);
  expect((await checkIdentity(shop.db, shop.mongo, shop.models))?.models).toContain(model);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});
