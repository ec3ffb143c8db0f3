import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { addPlant } from "../../support/garden/plant-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

/** What a loader has read and not written yet. */
const readStalled = (model: string, ids: readonly string[]) =>
  withSnapshots(garden.db, (snapshots) =>
    createBatchReader(garden.model(model), () => 0n).readThese(snapshots, ids),
  );

test("three loaders race over a stream of changes and end right", async () => {
  const stop = new AbortController();
  const loaders = [1, 2, 3].map(() => garden.createLoader().run(stop.signal));
  const until = Date.now() + 4000;
  for (let round = 0; Date.now() < until; round++) {
    const id = 1 + (round % 4);
    await garden.db.run("update harvest set price = ? where plant_id = ?", [round % 100, id]);
    await garden.db.run("update gardener set name = ? where gardener_id = ?", [`N${round}`, id]);
    if (round % 7 === 0) await addPlant(garden.db, 100 + round, { gardenerId: id });
    if (round % 11 === 0)
      await garden.db.run("delete from plant where plant_id > 4 and plant_id % 3 = 0 limit 2");
  }
  stop.abort();
  await Promise.all(loaders);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("what a stalled loader writes after all others have gone on is refused, however late it is", async () => {
  const stalled = await readStalled("plant_card", ["1", "2"]);
  await garden.db.run("update harvest set kilos = kilos + 1 where plant_id in (1, 2)");
  await garden.mirror();
  const late = await applyBatch(
    { db: garden.db, mongo: garden.mongo, model: garden.model("plant_card") },
    stalled,
  );
  expect(late.outcome).toMatchObject({ written: 0, skipped: 2 });
  // Nor does it take back what the mirror says of itself.
  expect(await checkIdentity(garden.db, garden.mongo, garden.models)).toBeNull();
  expect(await garden.defects()).toEqual([]);
});

test("a document deleted meanwhile is not brought back by a stalled loader: its tombstone is newer", async () => {
  await addPlant(garden.db, 500, { gardenerId: 1 });
  await garden.mirror();
  const stalled = await readStalled("plant_card", ["500"]);
  await garden.db.run("delete from plant where plant_id = 500");
  await garden.mirror();
  await applyBatch({ db: garden.db, mongo: garden.mongo, model: garden.model("plant_card") }, stalled);
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("with hard deletes it would be brought back, and verify says so", async () => {
  await addPlant(garden.db, 501, { gardenerId: 1 });
  await garden.mirror();
  const stalled = await readStalled("plant_card", ["501"]);
  await garden.db.run("delete from plant where plant_id = 501");
  await garden.mirror();
  await garden.mongo.db.collection<{ _id: number }>("plant_card").deleteOne({ _id: 501 });
  await applyBatch({ db: garden.db, mongo: garden.mongo, model: garden.model("plant_card") }, stalled);
  expect(await garden.defects()).toEqual(["plant_card 501 orphan"]);
  expect(await garden.disagreements()).toHaveLength(1);
  await garden.mongo.db.collection<{ _id: number }>("plant_card").deleteOne({ _id: 501 });
});

test("with last write wins a stalled loader would put back the past, and verify says so", async () => {
  const collection = garden.mongo.db.collection<{ _id: number }>("plant_card");
  const old = await collection.findOne({ _id: 1 });
  await garden.db.run("update harvest set kilos = kilos + 1 where plant_id = 1");
  await garden.mirror();
  if (!old) throw new Error("Plant 1 is not mirrored.");
  await collection.replaceOne({ _id: 1 }, old);
  expect(await garden.defects()).toEqual(["plant_card 1 differs"]);
  await garden.db.run("update harvest set kilos = kilos + 1 where plant_id = 1");
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});
