import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readSourceStatus } from "../../../src/core/source-status.ts";
import { awaitWrite } from "../../../src/freshness/await-write.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { int, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { takePosition } from "../../../src/stores/mariadb/take-token.ts";
import { captureTables, touchBy } from "../../support/capture.ts";
import { countChanges } from "../../support/changes.ts";
import { intercept } from "../../support/intercept.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

/** Of another domain: it reads no table of the shop. */
const parcels: DocumentModel = defineModel({
  name: "parcels",
  typeName: "Parcel",
  description: "A parcel.",
  key: "parcelId",
  fields: { parcelId: int("Number."), label: string("Label.") },
});
/** More changes than a cycle takes. */
const MANY = 5000;

/** On a busy machine. */
const patiently = { patienceMs: 20_000 };

let shop: MirrorShop;
let models: readonly DocumentModel[];

beforeAll(async () => {
  shop = await openMirrorShop();
  models = [...shop.models, parcels];
  await shop.admin.query(`
    create table parcel (parcel_id int primary key, label varchar(20) not null);
    insert into parcel values (1, 'a');
    create view parcels as select parcel_id, label from parcel`);
  await captureTables(shop.admin, [{ table: "parcel" }], { triggers: true });
  const touched = "select vitrine_id as change_id, parcel_id as document_id from vitrine_change_parcel";
  await touchBy(shop.admin, "parcels", "parcel", touched);
  await shop.createLoader(models).once(new AbortController().signal);
});
afterAll(() => shop?.close());

const sell = (price: string) =>
  shop.db.run("update orderline set unit_price = ? where order_id = 1", [price]);
const statusOf = async (model: string) => (await readSourceStatus(shop.db, models)).models.get(model);

/** Runs loaders while `work` goes on. */
async function whileLoading(
  loaders: readonly Parameters<MirrorShop["createLoader"]>[1][],
  work: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  shop.events.length = 0;
  const running = loaders.map((more) =>
    shop.createLoader(models, { verifyShare: 0, ...more }).run(stop.signal),
  );
  try {
    await work();
  } finally {
    stop.abort();
    await Promise.all(running);
  }
}

test("a backlog of a neighbour ages no document of the shop, and holds up none", async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let isHeld = false;
  // What is read of the parcels' changes cannot be handed on.
  const hold = (db: MariaDb) =>
    intercept(db, async (sql, values) => {
      if (!/insert into vitrine_pending/.test(sql) || !JSON.stringify(values).includes("parcels")) return;
      isHeld = true;
      await gate;
    });
  await whileLoading([{ wrap: hold }], async () => {
    await shop.db.run(`insert into parcel select seq + 100, 'b' from seq_1_to_${MANY}`);
    await vi.waitFor(() => expect(isHeld).toBe(true), { timeout: 20_000 });
    const meter = createFreshness(shop.db, shop.mongo, models);
    try {
      for (const price of ["5.10", "5.20", "5.30"]) {
        await sell(price);
        const token = await takePosition(shop.db);
        expect(await awaitWrite(meter, shop.model("order_details"), token, patiently)).toBe(true);
        const read = await shop.mongo.db
          .collection<{ _id: number; items: readonly { unitPrice: unknown }[] }>("order_details")
          .findOne({ _id: 1 });
        expect(read?.items.map((item) => String(item.unitPrice))).toContain(price);
      }
      expect(await statusOf("order_details")).toMatchObject({ pendingChanges: 0, lagMs: 0, rebuild: "done" });
      const theirs = await statusOf("parcels");
      expect(theirs?.pendingChanges).toBeGreaterThanOrEqual(MANY);
      expect(theirs?.lagMs).toBeGreaterThan(0);
    } finally {
      open();
    }
    await vi.waitFor(
      async () => expect(await statusOf("parcels")).toMatchObject({ pendingChanges: 0, lagMs: 0 }),
      { timeout: 60_000, interval: 200 },
    );
  });
  expect(shop.events.filter(({ type }) => type === "rebuilt")).toEqual([]);
  expect(await shop.mongo.db.collection("parcels").countDocuments({ label: "b" })).toBe(MANY);
  expect(await shop.defects()).toEqual([]);
}, 120_000);

test("loaders that serve some models each keep all of them, and nobody distrusts what the other keeps", async () => {
  const mine = models.filter(({ name }) => ["order_details", "customer_orders"].includes(name));
  const theirs = models.filter((model) => !mine.includes(model));
  await whileLoading([{ served: mine }, { served: theirs }], async () => {
    for (const name of ["One", "Two", "Three"]) {
      await shop.db.run("update product set name = ? where product_id = 1", [name]);
      await shop.db.run("update parcel set label = ? where parcel_id = 1", [name]);
      const token = await takePosition(shop.db);
      const meter = createFreshness(shop.db, shop.mongo, models);
      for (const model of [shop.model("order_details"), shop.model("product_buyers"), parcels])
        expect(await awaitWrite(meter, model, token, patiently), model.name).toBe(true);
      // What is said to be there is there.
      const read = (collection: string) =>
        shop.mongo.db
          .collection<{ _id: number; name?: string; label?: string }>(collection)
          .findOne({ _id: 1 });
      expect(await read("product_buyers")).toMatchObject({ name });
      expect(await read("parcels")).toMatchObject({ label: name });
    }
  });
  expect(shop.events.filter(({ type }) => type === "rebuilt" || type === "failed")).toEqual([]);
  expect(await shop.defects()).toEqual([]);
  // What a paced model had not written yet when they were stopped.
  await shop.createLoader(models).once(new AbortController().signal);
  expect(await shop.disagreements()).toEqual([]);
}, 120_000);

test("what a loader does not serve waits for the one that does, and is not lost", async () => {
  const [one] = [shop.model("order_details")];
  await whileLoading([{ served: [one] }], async () => {
    await shop.db.run("update product set name = 'Later' where product_id = 1");
    await shop.db.run("update parcel set label = 'Later' where parcel_id = 1");
    const token = await takePosition(shop.db);
    const meter = createFreshness(shop.db, shop.mongo, models);
    expect(await awaitWrite(meter, one, token, patiently)).toBe(true);
    // Of a table that none of its models reads it takes nothing.
    expect(await countChanges(shop.db)).toBe(1);
    expect(await statusOf("product_buyers")).toMatchObject({ pendingChanges: 1, rebuild: "done" });
    expect(await statusOf("parcels")).toMatchObject({ pendingChanges: 1, rebuild: "done" });
  });
  await shop.createLoader(models).once(new AbortController().signal);
  expect(shop.events.filter(({ type }) => type === "rebuilt")).toEqual([]);
  expect(await shop.defects()).toEqual([]);
  expect(await shop.mongo.db.collection<{ _id: number }>("parcels").findOne({ _id: 1 })).toMatchObject({
    label: "Later",
  });
}, 120_000);
