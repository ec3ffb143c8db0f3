import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { statePath, writeJson } from "../../../src/exports/incremental/manifest.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { takePosition } from "../../../src/stores/mariadb/take-token.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { clearChanges } from "../../support/changes.ts";
import { makeFolderOfTest, removeFolder } from "../../support/garden/export-garden.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { addPlant } from "../../support/garden/plant-garden.ts";
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

test("a deletion that is found by comparing does not outdo the document that is made again meanwhile", async () => {
  const { db, mongo } = garden;
  const model = garden.model("plant_card");
  const folder = await makeFolderOfTest();
  const destination = openFolder(folder);
  const { signal } = new AbortController();
  const run = () => exportChanges({ db, mongo, destination, models: [model], patienceMs: 0, signal });
  await addPlant(db, 81, { bedId: 1 });
  await garden.mirror();
  await run();
  await db.run("delete from plant where plant_id = 81");
  await garden.mirror();
  // The mirror has forgotten it: the last run was long ago.
  await mongo.db.collection(model.name).deleteMany({ _del: true });
  const path = statePath(model.name);
  const state = JSON.parse(await readFile(join(folder, path), "utf8"));
  await writeJson(destination, path, { ...state, time: "2024-01-01T00:00:00.000Z" }, signal);
  await addPlant(db, 81, { bedId: 1 });
  const stalled = await takePosition(db);
  const documents = await createLiveStore(db).findByIds(model, ["81"]);
  const [during] = await run();
  expect(during?.manifest?.deletions).toBe(1);
  await writeBatch(mongo, model, stalled, [{ id: "81", document: documents.get("81") ?? null }]);
  await clearChanges(db);
  await run();
  expect(await readFinalState(folder, model)).toEqual(await readLiveState(db, model));
  await removeFolder(folder);
});
