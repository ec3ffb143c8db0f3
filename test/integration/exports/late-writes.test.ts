import { afterAll, beforeAll, expect, test } from "vitest";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { takePosition } from "../../../src/stores/mariadb/take-token.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { clearChanges } from "../../support/changes.ts";
import { makeFolderOfTest, removeFolder } from "../../support/garden/export-garden.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";

let garden: TestMirror;
let folder: string;
beforeAll(async () => {
  garden = await openMirrorGarden();
  folder = await makeFolderOfTest();
});
afterAll(async () => {
  await garden?.close();
  if (folder) await removeFolder(folder);
});

test("a document that a stalled loader writes after a run, with a position from before it, is in the next run's file", async () => {
  const { db, mongo } = garden;
  const model = garden.model("plant_card");
  const run = () =>
    exportChanges({
      ...{ db, mongo, destination: openFolder(folder), models: [model], patienceMs: 0 },
      signal: new AbortController().signal,
    });
  await garden.mirror();
  await run();
  await db.run("update plant set height = height + 1 where plant_id = 1");
  // A loader takes a position and reads the document, and stalls.
  const stalled = await takePosition(db);
  const documents = await createLiveStore(db).findByIds(model, ["1"]);
  const [during] = await run();
  expect(during?.lagMs).toBeGreaterThan(0);
  await writeBatch(mongo, model, stalled, [{ id: "1", document: documents.get("1") ?? null }]);
  await clearChanges(db);
  const [after] = await run();
  expect(after?.manifest?.rows).toBeGreaterThan(0);
  expect(await readFinalState(folder, model)).toEqual(await readLiveState(db, model));
});
