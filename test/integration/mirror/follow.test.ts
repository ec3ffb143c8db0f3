import { afterAll, beforeAll, expect, test } from "vitest";
import { requestDocuments } from "../../../src/core/pending-queue.ts";
import { countChanges } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { addPlant } from "../../support/garden/plant-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

const stored = (model: string, id: number) =>
  garden.mongo.db.collection<{ _id: number; _v?: unknown; plants?: unknown }>(model).findOne({ _id: id });

async function expectEqual(): Promise<void> {
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
}

test("the first rebuild mirrors the whole garden", async () => {
  await expectEqual();
  expect(await stored("gardener_plants", 1)).toMatchObject({ gardenerId: 1, _id: 1 });
});

test("a harvest that is weighed again is followed into every document that shows it, at once or through the queue", async () => {
  await garden.db.run("update harvest set kilos = 1.23 where plant_id = 1");
  await expectEqual();
  expect(JSON.stringify(await stored("plant_card", 1))).toContain("1.23");
});

test("a moved plant leaves the one gardener and comes to the other", async () => {
  await garden.db.run("update plant set gardener_id = 4 where plant_id = 3");
  await expectEqual();
  expect((await stored("gardener_plants", 4))?.plants).toHaveLength(1);
});

test("a deleted harvest, a renamed gardener, a renamed bed and a new plant are followed", async () => {
  await garden.db.run("delete from harvest where plant_id = 1 and day = '2024-06-01'");
  await garden.db.run("update gardener set name = 'Eve' where gardener_id = 1");
  await garden.db.run("update bed set name = 'Moor' where bed_id = 1");
  await addPlant(garden.db, 77, { gardenerId: 3 });
  await garden.db.run("insert into harvest (plant_id, day, kilos, price) values (77, '2024-05-01', 2, 5.00)");
  await expectEqual();
  expect(await stored("plant_card", 77)).toMatchObject({ plantId: 77 });
});

test("a deleted document becomes a tombstone, and one that comes again replaces it", async () => {
  await addPlant(garden.db, 88, { gardenerId: 3 });
  await garden.mirror();
  await garden.db.run("delete from plant where plant_id = 88");
  await expectEqual();
  expect(await stored("plant_card", 88)).toMatchObject({ _id: 88, _del: true });
  await addPlant(garden.db, 88, { gardenerId: 2 });
  await expectEqual();
  expect(await stored("plant_card", 88)).toMatchObject({ plantId: 88, gardener: { gardenerId: 2 } });
});

test("a tombstone of four days ago goes; one of the day before yesterday stays, and so does every document", async () => {
  const cards = garden.mongo.db.collection<{ _id: number }>("plant_card");
  await addPlant(garden.db, 89);
  await addPlant(garden.db, 90);
  await garden.mirror();
  await garden.db.run("delete from plant where plant_id in (89, 90)");
  await garden.mirror();
  // The server looks once a minute by itself.
  await garden.mongo.client.db("admin").command({ setParameter: 1, ttlMonitorSleepSecs: 1 });
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3_600_000);
  await cards.updateOne({ _id: 90 }, { $set: { _at: daysAgo(2) } });
  await cards.updateOne({ _id: 89 }, { $set: { _at: daysAgo(4) } });
  await expect.poll(() => cards.findOne({ _id: 89 }), { timeout: 20_000 }).toBeNull();
  expect(await stored("plant_card", 90)).toMatchObject({ _del: true });
  await expectEqual();
});

test("a direct request writes one document again", async () => {
  const before = await stored("gardener_plants", 2);
  await requestDocuments(garden.db, garden.model("gardener_plants"), ["2"]);
  await garden.mirror();
  const after = await stored("gardener_plants", 2);
  expect(Number(after?._v)).toBeGreaterThan(Number(before?._v));
});

test("nothing is left in the change tables and the queues, and every model is complete up to its token", async () => {
  await garden.mirror();
  expect(await countChanges(garden.db)).toBe(0);
  expect(await garden.db.query("select * from vitrine_pending")).toEqual([]);
  const late = await garden.db.query(
    "select model from vitrine_state where complete < (select wanted from vitrine_position)",
  );
  expect(late).toEqual([]);
});
