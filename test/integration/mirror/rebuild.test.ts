import { afterEach, beforeEach, expect, test } from "vitest";
import { readPending } from "../../../src/core/pending-queue.ts";
import { landCycle, readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { clearChanges, countChanges, everything } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeEach(async () => {
  garden = await openMirrorGarden();
});
afterEach(() => garden.close());

const count = async (sql: string) => Number((await garden.db.query<{ n: number }>(sql))[0]?.n);
const newLoader = () => garden.createLoader(garden.models.map((model) => ({ ...model, batch: 20 })));
const never = new AbortController().signal;
const plant = (id: number, bedId: number) =>
  garden.db.run(
    "insert into plant (plant_id, bed_id, gardener_id, species, height, planted) values (?, ?, ?, 'Moss', 3, utc_timestamp(3))",
    [id, bedId, 1 + (id % 4)],
  );

test("what is logged before the first rebuild is dropped unread, and the mirror is right", async () => {
  expect(await countChanges(garden.db)).toBeGreaterThan(10);
  await garden.mirror();
  expect(garden.events.some((event) => event.type === "dropped" && event.changes > 10)).toBe(true);
  expect(garden.events.some((event) => event.type === "resolved" && event.changes > 10)).toBe(false);
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("a rebuild says how far the mirror is, also when nobody writes", async () => {
  await clearChanges(garden.db);
  const positions = () =>
    garden.db.query<{ n: string; complete: string }>(
      "select (select n from vitrine_position) as n, complete from vitrine_state",
    );
  await newLoader().rebuild(garden.models, never);
  const first = await positions();
  expect(first.map((row) => Number(row.complete)).filter((complete) => complete === 0)).toEqual([]);
  await garden.db.run("update vitrine_state set complete = 0");
  await newLoader().rebuild(garden.models, never);
  for (const { complete } of await positions())
    expect(Number(complete)).toBeGreaterThanOrEqual(Number(first[0]?.n));
});

test("a rebuild of a mirror that somebody has emptied is no failure, whatever else was put to 0 by hand", async () => {
  await garden.mirror();
  for (const sql of ["do 0", "update vitrine_state set acked = 0"]) {
    await garden.db.run("update harvest set kilos = kilos + 1 where plant_id = 1");
    await garden.mirror();
    await garden.mongo.db.dropDatabase();
    await garden.db.run(sql);
    await newLoader().rebuild(garden.models, never);
    expect(await garden.defects(), sql).toEqual([]);
  }
});

test("nothing is dropped once one model is mirrored: its change would be lost", async () => {
  await garden.mirror();
  await garden.db.run("update vitrine_state set rebuild_status = 'needed' where model <> 'plant_card'");
  await garden.db.run("update harvest set kilos = 1 where plant_id = 1");
  garden.events.length = 0;
  await garden.createLoader().once(never);
  expect(garden.events.filter((event) => event.type === "dropped")).toEqual([]);
  expect(await garden.defects()).toEqual([]);
});

test("a queue longer than its model is forgotten, and the model is rebuilt beside the others", async () => {
  await garden.mirror();
  const stop = new AbortController();
  const late = garden.db.withConnection(async (connection) => {
    // As after hours without a loader: every document is late, and the queue says so again and again.
    await connection.run("start transaction");
    await connection.run("update gardener set name = concat(name, ' II')");
    await clearChanges(connection);
    await connection.run(
      `insert into vitrine_pending (model, document_id, logged_at)
      select 'gardener_plants', gardener_id, utc_timestamp(6) from gardener, seq_1_to_30000`,
    );
    await connection.run("commit");
  });
  await late;
  garden.events.length = 0;
  const loader = garden.createLoader([garden.model("gardener_plants"), garden.model("plant_card")]);
  const running = loader.run(stop.signal);
  await expect
    .poll(() => garden.events.filter((event) => event.type === "forgotten"), { timeout: 60_000 })
    .toEqual([{ type: "forgotten", model: "gardener_plants", rows: expect.any(Number) }]);
  await expect
    .poll(() => count("select count(*) as n from vitrine_state where rebuilt_at is null"), {
      timeout: 60_000,
    })
    .toBe(0);
  await expect
    .poll(() => count("select count(*) as n from vitrine_pending where model = 'gardener_plants'"))
    .toBe(0);
  stop.abort();
  await running;
  expect((await garden.verify("gardener_plants")).defects).toEqual([]);
  const [one] = await garden.mongo.db.collection("gardener_plants").find({ gardenerId: 1 }).toArray();
  expect(one?.name).toContain(" II");
});

test("a queue that is shorter than its model, or short at all, is worked off", async () => {
  await garden.mirror();
  await garden.db.run(
    `insert into vitrine_pending (model, document_id, logged_at)
    select 'gardener_plants', gardener_id, utc_timestamp(6) from gardener, seq_1_to_200`,
  );
  garden.events.length = 0;
  await garden.mirror();
  expect(garden.events.filter((event) => event.type === "forgotten" || event.type === "rebuilt")).toEqual([]);
  expect(await count("select count(*) as n from vitrine_pending")).toBe(0);
});

test("a rebuild of what is there replaces it, and inserts nothing twice", async () => {
  await newLoader().rebuild(garden.models, never);
  const model = garden.model("gardener_plants");
  const version = async () =>
    (await garden.mongo.db.collection("gardener_plants").find().sort({ _v: 1 }).toArray()).map(
      (one) => one._v,
    );
  const before = await version();
  await garden.createLoader([{ ...model, batch: 1 }]).rebuild([model], never);
  const after = await version();
  expect(after.length).toBe(before.length);
  expect(Number(after[0])).toBeGreaterThan(Number(before.at(-1)));
  expect((await garden.verify("gardener_plants")).defects).toEqual([]);
});

test("a rebuild goes on from its cursor after the loader was gone", async () => {
  await garden.mirror();
  await garden.db.run(
    `update vitrine_state set rebuild_status = 'running', rebuild_cursor = '2',
      rebuild_from = 0 where model = 'gardener_plants'`,
  );
  const gardeners = garden.mongo.db.collection<{ _id: number; _v?: bigint }>("gardener_plants");
  const before = await gardeners.find().sort({ _id: 1 }).toArray();
  await garden.mirror();
  const after = await gardeners.find().sort({ _id: 1 }).toArray();
  const rewritten = after.filter((document, index) => String(document._v) !== String(before[index]?._v));
  expect(rewritten.map((document) => document._id)).toEqual([3, 4]);
});

test("a rebuild removes orphans and mends edits, while gardeners write", async () => {
  await garden.mirror();
  const cards = garden.mongo.db.collection<{ _id: number }>("plant_card");
  const first = await cards.findOne({ _id: 1 });
  await cards.insertOne({ ...first, _id: 4711 });
  await cards.deleteOne({ _id: 2 });
  await cards.updateOne({ _id: 3 }, { $set: { species: "Thyme" } });
  const stop = new AbortController();
  const writing = (async () => {
    // Not for ever: on a busy machine a loader may not catch up with who never rests.
    for (let round = 0; round < 200 && !stop.signal.aborted; round++) {
      await garden.db.run("update harvest set kilos = ? where plant_id = ?", [
        1 + (round % 9),
        1 + (round % 4),
      ]);
      await plant(100 + round, 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (round % 3 === 0)
        await garden.db.run("delete from plant where plant_id > 4 order by plant_id limit 1");
    }
  })();
  try {
    await newLoader().rebuild([garden.model("plant_card"), garden.model("gardener_plants")], never);
  } finally {
    stop.abort();
    await writing;
  }
  await garden.mirror();
  expect(await cards.findOne({ _id: 4711 })).toMatchObject({ _del: true });
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("a bed of 300 plants is renamed in chunks, and small changes go first", async () => {
  for (let id = 1000; id < 1300; id += 1) await plant(id, 4);
  await garden.mirror();
  await garden.db.run("update bed set name = 'Meadow' where bed_id = 4");
  await withSnapshots(garden.db, async (snapshots) => {
    await landCycle(garden.db, await readCycle(snapshots, garden.models, await everything(garden.db)));
  });
  const bulk = "select count(*) as n from vitrine_pending where model = 'plant_card' and bulk = 1";
  expect(await count(bulk)).toBeGreaterThanOrEqual(300);
  // Behind the 300 in the queue.
  await garden.db.run("update harvest set kilos = 2 where plant_id = 1");
  garden.events.length = 0;
  const small = garden.models.map((model) => ({ ...model, batch: 20 }));
  await garden.createLoader(small).once(never);
  const chunks = garden.events.filter((event) => event.type === "applied" && event.model === "plant_card");
  expect(chunks.length).toBeGreaterThanOrEqual(15);
  const versions = await garden.mongo.db
    .collection<{ _id: number; _v: bigint }>("plant_card")
    .find({ _id: { $in: [1, 1299] } })
    .sort({ _v: 1 })
    .toArray();
  expect(versions.map((document) => document._id)).toEqual([1, 1299]);
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("a fan-out gets its share of every batch, however many small changes there are", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => ["plant_card", index, "2024-01-01", index % 2]);
  await garden.db.run("delete from vitrine_pending");
  await garden.db.run("insert into vitrine_pending (model, document_id, logged_at, bulk) values ?", [rows]);
  const { documentIds } = await garden.db.withConnection((connection) =>
    readPending(connection, garden.model("plant_card"), 80, { rows: new Set(), documents: new Set() }),
  );
  expect(documentIds).toHaveLength(80);
  expect(documentIds.filter((id) => Number(id) % 2 === 1)).toHaveLength(10);
});

test("a rebuild that is asked for ends, whatever is wrong with other models", async () => {
  await garden.mirror();
  const [asked, other] = [garden.model("plant_card"), garden.model("gardener_plants")];
  // Of a release whose shape is not recorded yet: its worker refuses to write.
  const { born, ...fields } = other.fields;
  expect(born).toBeDefined();
  await garden.mongo.db.collection("plant_card").deleteMany({});
  const loader = garden.createLoader([{ ...other, fields }, asked]);
  await loader.rebuild([asked], AbortSignal.timeout(15_000));
  expect((await garden.verify("plant_card")).defects).toEqual([]);
  await expect(loader.once(AbortSignal.timeout(15_000))).rejects.toThrow(/gardener_plants/);
});
