import { afterAll, beforeAll, expect, test } from "vitest";
import { compareGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

/** The domain that tests of the engine use instead of the shop. */
let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
});
afterAll(() => garden?.close());

test("the garden's generated files are current", async () => {
  const { mariadbUrl, sqlDir, project } = garden;
  const stale = (await compareGeneratedFiles(mariadbUrl, sqlDir, project)).map(({ file }) => file);
  expect(stale, "Run `node ../../../bin/vitrine.mjs triggers generate` in test/support/garden.").toEqual([]);
});

test("the mirror of the garden is what its base tables say, after writes to each of them too", async () => {
  await garden.mirror();
  expect(await garden.disagreements()).toEqual([]);
  for (const sql of [
    "update bed set name = 'Moor' where bed_id = 1",
    "update gardener set name = 'Eve' where gardener_id = 1",
    "update plant set gardener_id = 4, bed_id = 4, species = 'Mint' where plant_id = 4",
    "update harvest set kilos = kilos + 1 where plant_id = 1",
    "delete from harvest where plant_id = 3",
    "delete from plant where plant_id = 3",
    "insert into gardener (gardener_id, name, born) values (5, 'Fay', '2000-02-29')",
  ])
    await garden.db.run(sql);
  expect(await garden.disagreements()).not.toEqual([]);
  await garden.mirror();
  expect(await garden.disagreements()).toEqual([]);
  expect(await garden.defects()).toEqual([]);
});

test("the comparator names what somebody has changed in the mirror", async () => {
  const cards = garden.mongo.db.collection<{ _id: number }>("plant_card");
  await cards.updateOne({ _id: 1 }, { $set: { "bed.name": "Moon" } });
  await cards.deleteOne({ _id: 2 });
  const found = (await garden.disagreements()) as readonly { collection: string; id: string }[];
  expect(found.map(({ collection, id }) => `${collection} ${id}`)).toEqual(["plant_card 1", "plant_card 2"]);
});
