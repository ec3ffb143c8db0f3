import { afterEach, beforeEach, expect, test } from "vitest";
import { readStates } from "../../../src/core/model-state.ts";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { guardOnce } from "../../../src/mirror/guard/guard.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { runVerifier, verifyNext } from "../../../src/mirror/verify/run-verifier.ts";
import { string } from "../../../src/models/field.ts";
import { clearChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeEach(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterEach(() => garden.close());

const check = () => checkIdentity(garden.db, garden.mongo, garden.models);
const never = new AbortController().signal;

test("two servers that belong together are left alone", async () => {
  expect(await check()).toBeNull();
  await garden.db.run("update gardener set name = 'New'");
  await garden.mirror();
  expect(await check()).toBeNull();
});

test("an older copy of the mirror is found and rebuilt", async () => {
  const cards = garden.mongo.db.collection<{ _id: number }>("plant_card");
  const records = garden.mongo.db.collection<{ _id: string }>("_vitrine");
  const old = { cards: await cards.find().toArray(), records: await records.find().toArray() };
  await garden.db.run("update harvest set price = 3 where plant_id = 1");
  await garden.mirror();
  await cards.deleteMany({});
  await cards.insertMany(old.cards);
  await records.deleteMany({});
  await records.insertMany(old.records);
  expect(await garden.defects()).toContain("plant_card 1 differs");
  expect((await check())?.models.map((model) => model.name)).toContain("plant_card");
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await check()).toBeNull();
});

test("an older copy of the source is found: it begins a new life, and its writes are not refused as old", async () => {
  await garden.db.run("update harvest set price = 3 where plant_id = 1");
  await garden.mirror();
  // As a backup from before the change would leave it: the old price, the old position, nothing logged.
  await garden.db.run("update harvest set price = 9.90 where plant_id = 1");
  await clearChanges(garden.db);
  await garden.db.run("update vitrine_position set n = 3");
  expect((await check())?.reason).toContain("source");
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
  expect(await check()).toBeNull();
});

test("a loader with another shape of a model does not write it, and leaves its collection as it is", async () => {
  const models = garden.models.map((model) =>
    model.name === "plant_card"
      ? { ...model, fields: { ...model.fields, note: string("A new field.", { nullable: true }) } }
      : model,
  );
  const other = garden.createLoader(models);
  const collection = () => garden.mongo.db.listCollections({ name: "plant_card" }).toArray();
  const before = await collection();
  await garden.db.run("update harvest set price = 5 where plant_id = 1");
  await expect(other.once(never)).rejects.toThrow(/plant_card.*another shape/s);
  expect(await collection()).toEqual(before);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});

test("a batch of a shape that was replaced meanwhile is not acknowledged", async () => {
  const model = garden.model("plant_card");
  await garden.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('plant_card', '1', utc_timestamp(6))",
  );
  const { batch } = await withSnapshots(garden.db, (snapshots) =>
    createBatchReader(model, () => 0n).read(snapshots, { changes: true, rebuild: null }),
  );
  if (!batch) throw new Error("Nothing was read.");
  await garden.db.run("update vitrine_state set shape_hash = 'another' where model = 'plant_card'");
  await expect(applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, batch)).rejects.toThrow(
    /another shape/,
  );
  expect(await garden.db.query("select document_id from vitrine_pending")).toHaveLength(1);
});

test("looks that meet begin one new life of a restored source, not one each", async () => {
  await garden.db.run("update vitrine_position set n = n + 1000, incarnation = uuid()");
  const { mongo } = garden;
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
  expect(await checkIdentity(garden.db, { ...mongo, db: whileItReads }, garden.models)).toBeNull();
  expect(first).toMatchObject({ reason: expect.stringContaining("source") });
});

test("another life of the source is found, though its positions have caught up", async () => {
  await garden.db.run("update vitrine_position set n = n + 1000, incarnation = uuid()");
  expect((await check())?.reason).toContain("source");
  await garden.mirror();
  expect(await check()).toBeNull();
});

test("while changes are not captured the mirror is distrusted, and rebuilt when they are again", async () => {
  const { db, mongo, models } = garden;
  let problem: string | null = "The trigger plant_after_update_capture is missing.";
  const guard = { db, mongo, models, checkCapture: async () => ({ problem }), onEvent: () => {} };
  await guardOnce(guard);
  for (const state of (await readStates(db)).values())
    expect(state).toMatchObject({ rebuildStatus: "needed", rebuiltAt: null });
  problem = null;
  await db.run("update harvest set price = 6 where plant_id = 1");
  await clearChanges(db);
  await guardOnce(guard);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("the verifier goes around the mirror, finds an edit and has it mended", async () => {
  await garden.mongo.db
    .collection<{ _id: number }>("plant_card")
    .updateOne({ _id: 3 }, { $set: { species: "Thyme" } });
  const found: unknown[] = [];
  const { db, mongo, models } = garden;
  const options = { db, mongo, models, onEvent: (event: unknown) => found.push(event) };
  let after: string | null = null;
  for (let look = 0; look < 3; look++)
    after = await verifyNext(options, garden.model("plant_card"), { after, share: 0.5 }, never);
  expect(found).toContainEqual({ type: "verified", model: "plant_card", checked: 2, defects: 1 });
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});

test("the verifier takes a turn at every model, however many there are", { timeout: 10_000 }, async () => {
  const { db, mongo } = garden;
  // Sevenths of its round are no whole numbers of milliseconds.
  const models = Array.from({ length: 7 }, () => garden.model("plant_card"));
  const stop = new AbortController();
  let verified = 0;
  const onEvent = () => {
    verified += 1;
    if (verified === 8) stop.abort();
  };
  await runVerifier({ db, mongo, models, everyMs: 100, onEvent }, stop.signal);
  expect(verified).toBe(8);
});
