import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { checkIdentity } from "../../../src/mirror/guard/check-identity.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

const model = () => garden.model("plant_card");
/** Copies plant 1 and what the mirror says of itself, and puts them back. */
async function backUp(): Promise<() => Promise<void>> {
  const cards = garden.mongo.db.collection<{ _id: number }>(model().name);
  const records = garden.mongo.db.collection<{ _id: string }>("_vitrine");
  const card = await cards.findOne({ _id: 1 });
  const record = await records.findOne({ _id: model().name });
  return async () => {
    await cards.replaceOne({ _id: 1 }, card ?? {});
    await records.replaceOne({ _id: model().name }, record ?? {});
  };
}

test("a batch that comes before the guard's look does not hide that the mirror is an older copy", async () => {
  const restore = await backUp();
  await garden.db.run("update harvest set price = 3 where plant_id = 1");
  await garden.mirror();
  await restore();
  const { n } = { ...(await readApplied(garden.mongo)).get(model().name) };
  const late = await withSnapshots(garden.db, (snapshots) =>
    createBatchReader(model(), () => 0n).readThese(snapshots, ["2"]),
  );
  await expect(applyBatch({ db: garden.db, mongo: garden.mongo, model: model() }, late)).rejects.toThrow(
    /lacks writes/,
  );
  // So that whoever reads the mirror sees it, too.
  expect((await readApplied(garden.mongo)).get(model().name)?.n).toBe(n);
  expect((await checkIdentity(garden.db, garden.mongo, garden.models))?.models).toContain(model());
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});
