import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import {
  type ExportedGarden,
  hashFiles,
  makeFolderOfTest,
  openExportedGarden,
  removeFolder,
} from "../../support/garden/export-garden.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const testSeed = readTestSeed();
let exported: ExportedGarden;
let folder: string;
beforeAll(async () => {
  exported = await openExportedGarden();
}, 180_000);
afterAll(() => exported?.close());
beforeEach(async () => {
  folder = await makeFolderOfTest();
});
afterEach(() => removeFolder(folder));

/** What all files together say is what MariaDB says, of every model, by a reader that is not ours. */
async function expectWhole(): Promise<void> {
  const { garden } = exported;
  for (const model of garden.models)
    expect(await readFinalState(folder, model), model.name).toEqual(await readLiveState(garden.db, model));
}

test(`after any writes (VITRINE_TEST_SEED=${testSeed}) all files together are the models, earlier files stay as they are, and verify proves it`, async () => {
  const destination = openFolder(folder);
  let before: ReadonlyMap<string, string> = new Map();
  let deletions = 0;
  await exported.plant(70);
  for (let round = 0; round < 6; round += 1) {
    await exported.write(30, testSeed + round);
    if (round === 3) await exported.garden.db.run("delete from plant where plant_id = 70");
    const done = await exported.exportTo(destination);
    deletions += done.reduce((sum, { manifest }) => sum + (manifest?.deletions ?? 0), 0);
    expect(done.map(({ lagMs, leftOut, problem }) => [lagMs, leftOut, problem])).toEqual(
      done.map(() => [0, 0, undefined]),
    );
    await expectWhole();
    const after = await hashFiles(folder);
    for (const [path, hash] of before)
      if (!path.endsWith("_state.json")) expect(after.get(path), path).toBe(hash);
    before = after;
  }
  expect(deletions).toBeGreaterThan(0);
  const reports = await exported.verify(openFolder(folder));
  expect(reports.map(({ defects, later }) => [defects, later])).toEqual(reports.map(() => [[], 0]));
  expect(reports.reduce((sum, { proven }) => sum + proven, 0)).toBeGreaterThan(10);
}, 120_000);

test("a run after which nothing has changed writes no file, and one change is one row", async () => {
  const destination = openFolder(folder);
  await exported.settle();
  await exported.exportTo(destination);
  const files = async () =>
    [...(await hashFiles(folder)).keys()].filter((path) => !path.endsWith("_state.json"));
  const before = await files();
  const idle = await exported.exportTo(destination);
  expect(idle.map(({ manifest }) => manifest)).toEqual(idle.map(() => null));
  expect(await files()).toEqual(before);
  const model = exported.garden.model("plant_card");
  await exported.plant(71);
  const [one] = await exported.exportTo(destination, [model]);
  expect(one?.manifest?.rows).toBe(1);
  const day = new Date().toISOString().slice(0, 10);
  expect(one?.manifest?.file).toMatch(new RegExp(`^${model.name}/date=${day}/\\d{20}\\.parquet$`));
});

test("what is written while runs go on is in the files in the end, and nothing is missed", async () => {
  const destination = openFolder(folder);
  let isWriting = true;
  const writing = (async () => {
    for (let round = 0; isWriting; round += 1) await exported.write(5, testSeed + 100 + round);
  })();
  for (let run = 0; run < 4; run += 1) await exported.exportTo(destination, exported.garden.models, 0);
  isWriting = false;
  await writing;
  await exported.exportTo(destination);
  await expectWhole();
  expect((await exported.verify(openFolder(folder))).flatMap(({ defects }) => defects)).toEqual([]);
}, 120_000);

test("deletions that the mirror has forgotten are found by comparing what it has with what the files have", async () => {
  const destination = openFolder(folder);
  await exported.plant(77);
  await exported.exportTo(destination);
  await exported.garden.db.run("delete from plant where plant_id = 77");
  await exported.exportTo(openFolder(await mkdtemp(join(folder, "other-"))));
  for (const { name } of exported.garden.models) {
    // As the server does after three days.
    await exported.garden.mongo.db.collection(name).deleteMany({ _del: true });
    const path = join(folder, name, "_state.json");
    const state = JSON.parse(await readFile(path, "utf8"));
    const time = new Date(Date.now() - 73 * 60 * 60 * 1000).toISOString();
    await rm(path);
    await (
      await destination.write(`${name}/_state.json`, text({ ...state, time }), new AbortController().signal)
    ).publish();
  }
  const done = await exported.exportTo(destination);
  expect(done.reduce((sum, { manifest }) => sum + (manifest?.deletions ?? 0), 0)).toBeGreaterThan(0);
  await expectWhole();
});

async function* text(value: unknown) {
  yield JSON.stringify(value);
}

test("a model whose mirror cannot be read is told, and the others are written", async () => {
  const destination = openFolder(folder);
  const [first, second] = [exported.garden.model("plant_card"), exported.garden.model("gardener_plants")];
  const strange = { ...first, name: "nobody_mirrors_this" };
  const done = await exported.exportTo(destination, [strange, second]);
  expect(done.map(({ model, manifest, problem }) => [model, manifest === null, problem?.code])).toEqual([
    ["nobody_mirrors_this", true, "MIRROR_UNAVAILABLE"],
    ["gardener_plants", false, undefined],
  ]);
});

test("a model that is mirrored in another shape than this exporter's is not written: its new field would be missing for good", async () => {
  const model = exported.garden.model("plant_card");
  const { height: _height, ...fields } = model.fields;
  const [older] = await exported.exportTo(openFolder(folder), [{ ...model, fields }], 0);
  expect(older).toMatchObject({
    manifest: null,
    problem: { code: "MIRROR_UNAVAILABLE", message: expect.stringContaining("in another shape") },
  });
  expect(await hashFiles(folder)).toEqual(new Map());
});

test("what a run costs does not grow with its history: files of earlier days are not looked at", async () => {
  const model = exported.garden.model("plant_card");
  const destination = openFolder(folder);
  await exported.exportTo(destination, [model]);
  for (let run = 0; run < 1000; run += 1) {
    const day = new Date(Date.UTC(2020, 0, 1 + (run % 50))).toISOString().slice(0, 10);
    const path = join(folder, model.name, `date=${day}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, `${String(run).padStart(20, "0")}.parquet`), "");
  }
  let listed = 0;
  await exported.exportTo(
    {
      ...destination,
      async list(path, options) {
        const found = await destination.list(path, options);
        listed += found.length;
        return found;
      },
    },
    [model],
  );
  expect(listed).toBe(1);
});
