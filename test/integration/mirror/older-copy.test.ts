import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApplyOptions, applyBatch, type Batch } from "../../../src/mirror/apply-batch.ts";
import { checkIdentity } from "../../../src/mirror/check-identity.ts";
import { createFastPath } from "../../../src/mirror/fast-path.ts";
import { createBatchReader } from "../../../src/mirror/read-next.ts";
import { landCycle, readCycle } from "../../../src/mirror/resolve.ts";
import { type Snapshots, withSnapshots } from "../../../src/mirror/snapshots.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { intercept } from "../../support/intercept.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

const model = () => shop.model("order_details");
const read = (...ids: readonly string[]) =>
  withSnapshots(shop.db, (snapshots) => createBatchReader(model(), () => 0n).readThese(snapshots, ids));
const apply = (batch: Batch, options?: ApplyOptions, mongo = shop.mongo) =>
  applyBatch(shop.db, mongo, model(), batch, options);

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

async function expectFound(): Promise<void> {
  expect((await checkIdentity(shop.db, shop.mongo, shop.models))?.models).toContain(model());
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
}

test("a batch that comes before the guard's look does not hide that the mirror is an older copy", async () => {
  const restore = await backUp();
  await shop.db.run("update orderline set unit_price = 3 where order_id = 1");
  await shop.mirror();
  await restore();
  const { n } = { ...(await readApplied(shop.mongo)).get(model().name) };
  await expect(apply(await read("2"))).rejects.toThrow(/lacks writes/);
  // So that whoever reads the mirror sees it, too.
  expect((await readApplied(shop.mongo)).get(model().name)?.n).toBe(n);
  await expectFound();
});

test("nor does one that was read before the lost one was acknowledged", async () => {
  await shop.db.run("update orderline set unit_price = 4 where order_id = 1");
  const [lost, next] = [await read("1"), await read("2")];
  const restore = await backUp();
  await apply(lost);
  await restore();
  await expect(apply(next)).rejects.toThrow(/lacks writes/);
  await expectFound();
});

test("nor does one of the fast path, whose documents are queued then", async () => {
  const { db, mongo } = shop;
  const fast = createFastPath({
    mongo,
    readyIn: () => model().name,
    onEvent: () => undefined,
    patienceMs: 10_000,
  });
  const readFast = (snapshots: Snapshots) =>
    readCycle(snapshots, [model()], { after: "0", limit: 10, inFlight: new Set<string>(), fast });
  await db.run("update orderline set unit_price = 5 where order_id = 1");
  const lost = await read("1");
  await db.run("delete from change_log");
  await db.run("update orderline set unit_price = 5 where order_id = 2");
  await withSnapshots(db, async (snapshots) => {
    const cycle = await readFast(snapshots);
    expect(cycle.fast).toHaveLength(1);
    const restore = await backUp();
    await apply(lost);
    await restore();
    expect((await landCycle(db, cycle, fast)).queued.get(model().name)).toBe(1);
  });
  await expectFound();
});

test("what was written last is missed, though its position is not the largest", async () => {
  await shop.db.run("update orderline set unit_price = 6 where order_id = 1");
  const [first, second] = [await read("1"), await read("2")];
  await apply(second);
  const restore = await backUp();
  await apply(first);
  await restore();
  await expectFound();
});

test.each([
  ["of one loader", () => shop.mongo],
  ["of two", () => openMongoDb(shop.mongodbUrl)],
])(
  "batches %s that are acknowledged in another order than they were written are no loss",
  async (_, open) => {
    const other = open();
    const [first, second] = [await read("1"), await read("2")];
    let release = () => {};
    const before = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { n } = first.position;
    const applying = apply(first, { before });
    await expect.poll(async () => (await readApplied(shop.mongo)).get(model().name)?.n).toBe(n);
    await apply(second, {}, other);
    release();
    await applying;
    if (other !== shop.mongo) await other.close();
    expect(await checkIdentity(shop.db, shop.mongo, shop.models)).toBeNull();
  },
);

test("a look that takes so long that the mirror forgets the receipt which it asks for is no loss", async () => {
  let isFirst = true;
  const slow = intercept(shop.db, async (sql) => {
    if (sql !== "commit" || !isFirst) return;
    isFirst = false;
    for (let batch = 0; batch < 101; batch++) await apply(await read("1"));
  });
  expect(await checkIdentity(slow, shop.mongo, shop.models)).toBeNull();
  expect(isFirst).toBe(false);
  expect(await checkIdentity(shop.db, shop.mongo, shop.models)).toBeNull();
});
