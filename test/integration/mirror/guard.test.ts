import { afterEach, beforeEach, expect, test } from "vitest";
import { readStates } from "../../../src/core/model-state.ts";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { guardOnce } from "../../../src/mirror/guard/guard.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { auditModel, runAuditor } from "../../../src/mirror/verify/audit.ts";
import { string } from "../../../src/models/field.ts";
import { clearChanges } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeEach(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterEach(() => shop.close());

const check = () => checkIdentity(shop.db, shop.mongo, shop.models);
const never = new AbortController().signal;

test("two servers that belong together are left alone", async () => {
  expect(await check()).toBeNull();
  await shop.db.run("update customer set last_name = 'New'");
  await shop.mirror();
  expect(await check()).toBeNull();
});

test("an older copy of the mirror is found and rebuilt", async () => {
  const orders = shop.mongo.db.collection<{ _id: number }>("order_details");
  const records = shop.mongo.db.collection<{ _id: string }>("_vitrine");
  const old = { orders: await orders.find().toArray(), records: await records.find().toArray() };
  await shop.db.run("update orderline set unit_price = 3 where order_id = 1");
  await shop.mirror();
  await orders.deleteMany({});
  await orders.insertMany(old.orders);
  await records.deleteMany({});
  await records.insertMany(old.records);
  expect(await shop.defects()).toContain("order_details 1 differs");
  expect((await check())?.models.map((model) => model.name)).toContain("order_details");
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await check()).toBeNull();
});

test("an older copy of the source is found: it begins a new life, and its writes are not refused as old", async () => {
  await shop.db.run("update orderline set unit_price = 3 where order_id = 1");
  await shop.mirror();
  // As a backup from before the change would leave it: the old price, the old position, nothing logged.
  await shop.db.run("update orderline set unit_price = 42.99 where order_id = 1");
  await clearChanges(shop.db);
  await shop.db.run("update vitrine_position set n = 3");
  expect((await check())?.reason).toContain("source");
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
  expect(await check()).toBeNull();
});

test("a loader with another shape of a model does not write it, and leaves its collection as it is", async () => {
  const models = shop.models.map((model) =>
    model.name === "order_details"
      ? { ...model, fields: { ...model.fields, note: string("A new field.", { nullable: true }) } }
      : model,
  );
  const other = shop.createLoader(models);
  const collection = () => shop.mongo.db.listCollections({ name: "order_details" }).toArray();
  const before = await collection();
  await shop.db.run("update orderline set unit_price = 5 where order_id = 1");
  await expect(other.once(never)).rejects.toThrow(/order_details.*another shape/s);
  expect(await collection()).toEqual(before);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});

test("a batch of a shape that was replaced meanwhile is not acknowledged", async () => {
  const model = shop.model("order_details");
  await shop.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('order_details', '1', utc_timestamp(6))",
  );
  const { batch } = await withSnapshots(shop.db, (snapshots) =>
    createBatchReader(model, () => 0n).read(snapshots, { changes: true, rebuild: null }),
  );
  if (!batch) throw new Error("Nothing was read.");
  await shop.db.run("update vitrine_state set shape_hash = 'another' where model = 'order_details'");
  await expect(applyBatch({ db: shop.db, mongo: shop.mongo, model: model }, batch)).rejects.toThrow(
    /another shape/,
  );
  expect(await shop.db.query("select document_id from vitrine_pending")).toHaveLength(1);
});

test("looks that meet begin one new life of a restored source, not one each", async () => {
  await shop.db.run("update vitrine_position set n = n + 1000, incarnation = uuid()");
  const { mongo } = shop;
  let first: Awaited<ReturnType<typeof check>> = null;
  // Another loader's whole look, between the first and the last step of this one.
  const whileItReads = new Proxy(mongo.db, {
    get: (target, name) =>
      name === "collection"
        ? (collection: string) => ({
            find: () => ({
              toArray: async () => {
                first = await check();
                return target.collection(collection).find().toArray();
              },
            }),
          })
        : Reflect.get(target, name),
  });
  expect(await checkIdentity(shop.db, { ...mongo, db: whileItReads }, shop.models)).toBeNull();
  expect(first).toMatchObject({ reason: expect.stringContaining("source") });
});

test("another life of the source is found, though its positions have caught up", async () => {
  await shop.db.run("update vitrine_position set n = n + 1000, incarnation = uuid()");
  expect((await check())?.reason).toContain("source");
  await shop.mirror();
  expect(await check()).toBeNull();
});

test("while changes are not captured the mirror is distrusted, and rebuilt when they are again", async () => {
  const { db, mongo, models } = shop;
  let problem: string | null = "The trigger order_after_update_capture is missing.";
  const guard = { db, mongo, models, checkCapture: async () => ({ problem }), onEvent: () => {} };
  await guardOnce(guard);
  for (const state of (await readStates(db)).values())
    expect(state).toMatchObject({ rebuildStatus: "needed", rebuiltAt: null });
  problem = null;
  await db.run("update orderline set unit_price = 6 where order_id = 1");
  await clearChanges(db);
  await guardOnce(guard);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});

test("the auditor goes around the mirror, finds an edit and has it mended", async () => {
  await shop.mongo.db
    .collection<{ _id: number }>("order_details")
    .updateOne({ _id: 3 }, { $set: { status: "cancelled" } });
  const found: unknown[] = [];
  const { db, mongo, models } = shop;
  const options = { db, mongo, models, onEvent: (event: unknown) => found.push(event) };
  let after: string | null = null;
  for (let look = 0; look < 3; look++)
    after = await auditModel(options, shop.model("order_details"), { after, share: 0.5 }, never);
  expect(found).toContainEqual({ type: "audited", model: "order_details", checked: 2, defects: 1 });
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});

test("the auditor takes a turn at every model, however many there are", { timeout: 10_000 }, async () => {
  const { db, mongo } = shop;
  // Sevenths of its round are no whole numbers of milliseconds.
  const models = Array.from({ length: 7 }, () => shop.model("order_details"));
  const stop = new AbortController();
  let audited = 0;
  const onEvent = () => {
    audited += 1;
    if (audited === 8) stop.abort();
  };
  await runAuditor({ db, mongo, models, everyMs: 100, onEvent }, stop.signal);
  expect(audited).toBe(8);
});
