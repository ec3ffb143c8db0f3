import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

const model = () => shop.model("order_details");
/** Copies order 1 and what the mirror says of itself, and puts them back. */
async function backUp(): Promise<() => Promise<void>> {
  const orders = shop.mongo.db.collection<{ _id: number }>(model().name);
  const records = shop.mongo.db.collection<{ _id: string }>("_vitrine");
  const order = await orders.findOne({ _id: 1 });
  const record = await records.findOne({ _id: model().name });
  return async () => {
    await orders.replaceOne({ _id: 1 }, order ?? {});
    await records.replaceOne({ _id: model().name }, record ?? {});
  };
}

test("a batch that comes before the guard's look does not hide that the mirror is an older copy", async () => {
  const restore = await backUp();
  await shop.db.run("update orderline set unit_price = 3 where order_id = 1");
  await shop.mirror();
  await restore();
  const { n } = { ...(await readApplied(shop.mongo)).get(model().name) };
  const late = await withSnapshots(shop.db, (snapshots) =>
    createBatchReader(model(), () => 0n).readThese(snapshots, ["2"]),
  );
  await expect(applyBatch({ db: shop.db, mongo: shop.mongo, model: model() }, late)).rejects.toThrow(
    /lacks writes/,
  );
  // So that whoever reads the mirror sees it, too.
  expect((await readApplied(shop.mongo)).get(model().name)?.n).toBe(n);
  expect((await checkIdentity(shop.db, shop.mongo, shop.models))?.models).toContain(model());
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});
