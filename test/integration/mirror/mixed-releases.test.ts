import { afterAll, beforeAll, expect, test } from "vitest";
import { landCycle, readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { everything } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

/** A cycle of a loader that knows all models but this one: an older release. */
const resolveWithout = (name: string) =>
  withSnapshots(garden.db, async (snapshots) => {
    const models = garden.models.filter((model) => model.name !== name);
    return readCycle(snapshots, models, await everything(garden.db));
  });
const stateOf = async (name: string) =>
  (await garden.db.query("select rebuild_status, rebuilt_at from vitrine_state where model = ?", [name]))[0];

test("an older loader that takes the changes of a model it does not know has that model rebuilt", async () => {
  await garden.db.run("update harvest set price = 3 where plant_id = 1");
  await landCycle(garden.db, await resolveWithout("plant_card"));
  expect(await stateOf("plant_card")).toMatchObject({ rebuild_status: "needed", rebuilt_at: null });
  expect(await stateOf("gardener_plants")).toMatchObject({ rebuild_status: "done" });
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("a rebuild of that model that began after the older loader's snapshot has seen them, and goes on", async () => {
  await garden.db.run(
    "update vitrine_state set rebuild_status = 'needed', rebuilt_at = null where model = ?",
    ["plant_card"],
  );
  await garden.db.run("update harvest set price = 4 where plant_id = 1");
  const cycle = await resolveWithout("plant_card");
  await garden.db.run(
    "update vitrine_state set rebuild_status = 'running', rebuild_from = 1000000 where model = ?",
    ["plant_card"],
  );
  await landCycle(garden.db, cycle);
  expect(await stateOf("plant_card")).toMatchObject({ rebuild_status: "running" });
  await garden.db.run("update vitrine_state set rebuild_status = 'needed' where model = 'plant_card'");
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});
