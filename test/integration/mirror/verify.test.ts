import { setTimeout as sleep } from "node:timers/promises";
import { Long } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestDocuments } from "../../../src/core/pending-queue.ts";
import { turnIntoRebuild } from "../../../src/mirror/lanes/backlog.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { clearChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { addPlant } from "../../support/garden/plant-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
});
afterAll(() => garden.close());

const cards = () => garden.mongo.db.collection<{ _id: number }>("plant_card");

test("a mirror that was never complete is not compared", async () => {
  expect(await garden.verify("plant_card")).toMatchObject({ isComplete: false, defects: [] });
  await garden.mirror();
  expect(await garden.verify("plant_card")).toMatchObject({ isComplete: true, checked: 4, defects: [] });
  // In its own shape, as after a first rebuild that has not ended.
  await garden.db.run("update vitrine_state set rebuilt_at = null where model = 'plant_card'");
  await cards().deleteOne({ _id: 1 });
  expect(await garden.verify("plant_card")).toMatchObject({ isComplete: false, defects: [] });
  await garden.db.run("update vitrine_state set rebuild_status = 'needed' where model = 'plant_card'");
  await garden.mirror();
  expect(await garden.verify("plant_card")).toMatchObject({ isComplete: true, checked: 4, defects: [] });
});

test("a mirror in another shape than this definition's is not compared: its rebuild is due", async () => {
  await garden.mirror();
  const [row] = await garden.db.query<{ shape: string }>(
    "select shape_hash as shape from vitrine_state where model = 'plant_card'",
  );
  const record = (shape?: string) =>
    garden.db.run("update vitrine_state set shape_hash = ? where model = 'plant_card'", [shape]);
  await record("other release");
  await cards().updateOne({ _id: 1 }, { $set: { _h: "of another format" } });
  expect(await garden.verify("plant_card")).toMatchObject({ isComplete: false, defects: [] });
  await record(row?.shape);
  await requestDocuments(garden.db, garden.model("plant_card"), ["1"]);
  await garden.mirror();
  expect(await garden.verify("plant_card")).toMatchObject({ isComplete: true, defects: [] });
});

test("a manual edit is found by a deep look, with the place, and healed by a request", async () => {
  await garden.mirror();
  await cards().updateOne({ _id: 1 }, { $set: { "bed.name": "Throne" } });
  expect((await garden.verify("plant_card", false)).defects).toEqual([]);
  const { defects } = await garden.verify("plant_card");
  expect(defects).toMatchObject([
    { id: "1", kind: "differs", differences: [{ path: "bed.name", live: "Sunny", mirror: "Throne" }] },
  ]);
  await requestDocuments(garden.db, garden.model("plant_card"), ["1"]);
  await garden.mirror();
  expect((await garden.verify("plant_card")).defects).toEqual([]);
});

test("an edit that changes only the type of a number is found", async () => {
  await garden.mirror();
  for (const [to, mirror] of [
    ["$toLong", { $numberLong: "1" }],
    ["$toDouble", { $numberDouble: "1.0" }],
  ] as const) {
    await cards().updateOne({ _id: 1 }, [{ $set: { plantId: { [to]: "$plantId" } } }], {
      bypassDocumentValidation: true,
    });
    expect((await garden.verify("plant_card")).defects).toMatchObject([
      { id: "1", differences: [{ path: "plantId", mirror }] },
    ]);
  }
  await requestDocuments(garden.db, garden.model("plant_card"), ["1"]);
  await garden.mirror();
});

test("deleted and orphaned documents are found by a quick look", async () => {
  await garden.mirror();
  await cards().deleteOne({ _id: 2 });
  const first = await cards().findOne({ _id: 1 });
  await cards().insertOne({ ...first, _id: 99_999 });
  const { defects } = await garden.verify("plant_card", false);
  expect(defects.toSorted((a, b) => Number(a.id) - Number(b.id))).toMatchObject([
    { id: "2", kind: "missing" },
    { id: "99999", kind: "orphan" },
  ]);
  await requestDocuments(garden.db, garden.model("plant_card"), ["2", "99999"]);
  await garden.mirror();
  expect((await garden.verify("plant_card")).defects).toEqual([]);
});

test("a version that nobody was given yet is found: the guard would refuse everything after", async () => {
  await garden.mirror();
  await cards().updateOne({ _id: 1 }, { $set: { _v: Long.fromNumber(2 ** 40) } });
  expect((await garden.verify("plant_card")).defects).toMatchObject([{ id: "1", kind: "future" }]);
  await cards().deleteOne({ _id: 1 });
  await requestDocuments(garden.db, garden.model("plant_card"), ["1"]);
  await garden.mirror();
});

test("a change that is on its way is no defect", async () => {
  await garden.mirror();
  await garden.db.run("update harvest set price = 7 where plant_id = 1");
  const report = await garden.verify("plant_card");
  expect(report.defects).toEqual([]);
  expect(report.unsettled).toBe(1);
  await garden.mirror();
});

test("a document that waits in the queue is on its way, and so is one that was asked for", async () => {
  await garden.mirror();
  await garden.db.run("update harvest set price = 7.5 where plant_id = 1");
  await garden.db.run("update harvest set price = 7.5 where plant_id = 2");
  await clearChanges(garden.db);
  await garden.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('plant_card', '1', utc_timestamp(6))",
  );
  await requestDocuments(garden.db, garden.model("plant_card"), ["2"]);
  expect(await garden.verify("plant_card")).toMatchObject({ defects: [], unsettled: 2 });
  await garden.mirror();
});

test("a model that is distrusted while it is being compared is left alone: what was on its way is forgotten", async () => {
  await garden.mirror();
  await garden.db.run("update harvest set price = 7.25 where plant_id = 1");
  await clearChanges(garden.db);
  await garden.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('plant_card', '1', utc_timestamp(6))",
  );
  let forgotten: Promise<number> | undefined;
  const { db, mongo } = garden;
  const model = garden.model("plant_card");
  const report = await verifyModel({
    ...{ db, mongo, model, deep: true, signal: new AbortController().signal },
    onProgress: () => {
      forgotten ??= withSnapshots(db, (snapshots) => turnIntoRebuild(db, snapshots, model));
    },
  });
  expect(await forgotten).toBe(1);
  expect(report).toMatchObject({ isComplete: false, defects: [] });
  await garden.mirror();
});

test("a document that was rejected is no defect", async () => {
  await garden.mirror();
  await garden.db.run(
    "insert into vitrine_rejected (model, document_id, reason) values ('plant_card', '3', 'too large')",
  );
  await garden.mongo.db.collection<{ _id: number }>("plant_card").deleteOne({ _id: 3 });
  expect(await garden.verify("plant_card")).toMatchObject({ defects: [], rejected: 1 });
  await requestDocuments(garden.db, garden.model("plant_card"), ["3"]);
  await garden.mirror();
  expect(await garden.verify("plant_card")).toMatchObject({ defects: [], rejected: 0 });
});

test("a change that was lost is a defect", async () => {
  await garden.mirror();
  await garden.db.run("update harvest set price = 8 where plant_id = 1");
  await clearChanges(garden.db);
  expect((await garden.verify("plant_card")).defects).toMatchObject([{ id: "1", kind: "differs" }]);
  await requestDocuments(garden.db, garden.model("plant_card"), ["1"]);
  await garden.db.run("update harvest set price = 9 where plant_id = 1");
  await garden.mirror();
});

test("verify never cries wolf while gardeners write and the loader works", async () => {
  await garden.mirror();
  const stop = new AbortController();
  const running = garden.createLoader().run(stop.signal);
  const writing = (async () => {
    for (let round = 0; !stop.signal.aborted; round++) {
      await garden.db.run("update harvest set kilos = ? where plant_id = ?", [
        1 + (round % 9),
        1 + (round % 4),
      ]);
      // As many go as come: verify would take longer with each round.
      if (round % 5 === 0) await addPlant(garden.db, 100 + round);
      if (round % 5 === 4)
        await garden.db.run("delete from plant where plant_id > 4 order by plant_id limit 1");
      await sleep(5);
    }
  })();
  try {
    for (let look = 0; look < 3; look++)
      for (const name of ["plant_card", "gardener_plants", "bed_gardeners"])
        expect((await garden.verify(name)).defects).toEqual([]);
  } finally {
    stop.abort();
    await Promise.all([writing, running]);
  }
});

test("a model that is evaluated every few seconds only is proven too, soon after the writers have stopped", async () => {
  await garden.mirror();
  const stop = new AbortController();
  const slow = { ...garden.model("species_yield"), every: "5s" };
  const running = garden.createLoader([slow]).run(stop.signal);
  const yields = garden.mongo.db.collection<{ _id: string; kilos: unknown }>("species_yield");
  const kilosOfMint = async () => String((await yields.findOne({ _id: "Mint" }))?.kilos);
  const harvest = () => garden.db.run("update harvest set kilos = kilos + 1 where plant_id = 2");
  const { db, mongo } = garden;
  try {
    const before = await kilosOfMint();
    await harvest();
    await expect.poll(kilosOfMint, { timeout: 10_000 }).not.toEqual(before);
    // Its turn has just been: this one waits for the next.
    await harvest();
    const report = await verifyModel({ db, mongo, model: slow, deep: true, signal: stop.signal });
    expect(report).toMatchObject({ unsettled: 0, defects: [] });
  } finally {
    stop.abort();
    await running;
  }
});
