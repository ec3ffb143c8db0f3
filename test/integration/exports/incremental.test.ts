import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { readManifests } from "../../../src/exports/incremental/manifest.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import { gardenOperation } from "../../support/garden/garden-operations.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import { addPlant } from "../../support/garden/plant-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";
import { attempt } from "../../support/soundness.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const signal = new AbortController().signal;
const testSeed = readTestSeed();
let garden: TestMirror;
let folder: string;
let stop: AbortController;
let following: Promise<void>;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
  stop = new AbortController();
  following = garden.createLoader().run(stop.signal);
}, 180_000);
afterAll(async () => {
  stop?.abort();
  await following?.catch(() => undefined);
  await garden?.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-changes-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const exportTo = (destination: Destination, models = garden.models, patienceMs = 20_000) =>
  exportChanges({ db: garden.db, mongo: garden.mongo, destination, models, signal, patienceMs });
const verify = () =>
  verifyDestination({
    db: garden.db,
    mongo: garden.mongo,
    destination: openFolder(folder),
    models: garden.models,
    signal,
  });

/** Every file below the folder with its hash. */
async function hashFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  return new Map(
    await Promise.all(
      names.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [
          path,
          createHash("sha256")
            .update(await readFile(path))
            .digest("hex"),
        ] as const;
      }),
    ),
  );
}

/** What all files together say is what MariaDB says, of every model, by a reader that is not ours. */
async function expectWhole(): Promise<void> {
  for (const model of garden.models)
    expect(await readFinalState(folder, model), model.name).toEqual(await readLiveState(garden.db, model));
}

/** One plant more, in bed 1, whatever was deleted before. */
async function plant(plantId: number): Promise<void> {
  await garden.db.run("insert ignore into bed (bed_id, name, kind, area) values (1, 'Home', 'open', 1)");
  await garden.db.run("insert ignore into gardener (gardener_id, name) values (1, 'Ada')");
  await addPlant(garden.db, plantId, { bedId: 1 });
}

const write = (count: number, seed: number) =>
  garden.db.withConnection(async (connection) => {
    for (const one of fc.sample(gardenOperation, { numRuns: count, seed })) await attempt(connection, one);
  });

test(`after any writes (VITRINE_TEST_SEED=${testSeed}) all files together are the models, earlier files stay as they are, and verify proves it`, async () => {
  const destination = openFolder(folder);
  let before: ReadonlyMap<string, string> = new Map();
  let deletions = 0;
  await plant(70);
  for (let round = 0; round < 6; round += 1) {
    await write(30, testSeed + round);
    if (round === 3) await garden.db.run("delete from plant where plant_id = 70");
    const done = await exportTo(destination);
    deletions += done.reduce((sum, { manifest }) => sum + (manifest?.deletions ?? 0), 0);
    expect(done.map(({ lagMs, leftOut, problem }) => [lagMs, leftOut, problem])).toEqual(
      done.map(() => [0, 0, undefined]),
    );
    await expectWhole();
    const after = await hashFiles();
    for (const [path, hash] of before)
      if (!path.endsWith("_state.json")) expect(after.get(path), path).toBe(hash);
    before = after;
  }
  expect(deletions).toBeGreaterThan(0);
  const reports = await verify();
  expect(reports.map(({ defects, later }) => [defects, later])).toEqual(reports.map(() => [[], 0]));
  expect(reports.reduce((sum, { proven }) => sum + proven, 0)).toBeGreaterThan(10);
}, 120_000);

test("a run after which nothing has changed writes no file, and one change is one row", async () => {
  const destination = openFolder(folder);
  await exportTo(destination);
  const files = async () => [...(await hashFiles()).keys()].filter((path) => !path.endsWith("_state.json"));
  const before = await files();
  const idle = await exportTo(destination);
  expect(idle.map(({ manifest }) => manifest)).toEqual(idle.map(() => null));
  expect(await files()).toEqual(before);
  const model = garden.model("plant_card");
  await plant(71);
  const [one] = await exportTo(destination, [model]);
  expect(one?.manifest?.rows).toBe(1);
  const day = new Date().toISOString().slice(0, 10);
  expect(one?.manifest?.file).toMatch(new RegExp(`^${model.name}/date=${day}/\\d{20}\\.parquet$`));
});

test("what is written while runs go on is in the files in the end, and nothing is missed", async () => {
  const destination = openFolder(folder);
  let isWriting = true;
  const writing = (async () => {
    for (let round = 0; isWriting; round += 1) await write(5, testSeed + 100 + round);
  })();
  for (let run = 0; run < 4; run += 1) await exportTo(destination, garden.models, 0);
  isWriting = false;
  await writing;
  await exportTo(destination);
  await expectWhole();
  expect((await verify()).flatMap(({ defects }) => defects)).toEqual([]);
}, 120_000);

test("deletions that the mirror has forgotten are found by comparing what it has with what the files have", async () => {
  const destination = openFolder(folder);
  await plant(77);
  await exportTo(destination);
  await garden.db.run("delete from plant where plant_id = 77");
  await exportTo(openFolder(await mkdtemp(join(folder, "other-"))));
  for (const { name } of garden.models) {
    // As the server does after a day.
    await garden.mongo.db.collection(name).deleteMany({ _del: true });
    const path = join(folder, name, "_state.json");
    const state = JSON.parse(await readFile(path, "utf8"));
    const time = new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString();
    await rm(path);
    await (await destination.write(`${name}/_state.json`, text({ ...state, time }), signal)).publish();
  }
  const done = await exportTo(destination);
  expect(done.reduce((sum, { manifest }) => sum + (manifest?.deletions ?? 0), 0)).toBeGreaterThan(0);
  await expectWhole();
});

async function* text(value: unknown) {
  yield JSON.stringify(value);
}

/** A destination that fails at its n-th step, as a process does that dies there: nothing is tidied up after it. */
function dieAt(step: number, destination: Destination): Destination {
  let steps = 0;
  const next = () => {
    steps += 1;
    if (steps === step) throw new Error("died");
    if (steps > step) throw new Error("dead");
  };
  return {
    ...destination,
    async write(path, content, stopped) {
      next();
      const file = await destination.write(path, content, stopped);
      next();
      return {
        ...file,
        async publish() {
          next();
          await file.publish();
          next();
        },
        async discard() {},
      };
    },
  };
}

test("a run that dies at any step leaves no file that is not whole and described, and the next repeats it", async () => {
  const destination = openFolder(folder);
  const models = garden.models.slice(0, 2);
  await exportTo(destination, models);
  let died = 0;
  for (let step = 1; step <= 24; step += 1) {
    await write(2, testSeed + 500 + step);
    // Of each model a document changes, so that each has a file to write.
    await plant(1000 + step);
    await garden.db.run("update bed set name = ? where bed_id = 1", [`Bed ${step}`]);
    await exportTo(dieAt(step, destination), models).then(
      () => undefined,
      ({ message }: Error) => {
        died += 1;
        return expect(message).toMatch(/died|dead/);
      },
    );
    const listed = await destination.list("");
    const files = listed.map(({ path }) => path).filter((path) => path.endsWith(".parquet"));
    const manifests = new Map((await readManifests(destination, listed)).map((one) => [one.file, one]));
    const hashes = await hashFiles();
    for (const file of files) expect(manifests.get(file)?.sha256, file).toBe(hashes.get(join(folder, file)));
    await exportTo(destination, models);
    // Now and then: what is missing once is missing to the end.
    for (const model of step % 8 === 0 ? models : [])
      expect(await readFinalState(folder, model), `${model.name}, step ${step}`).toEqual(
        await readLiveState(garden.db, model),
      );
  }
  expect(died).toBeGreaterThan(11);
  const reports = await verifyDestination({
    ...{ db: garden.db, mongo: garden.mongo, destination, models, signal },
  });
  expect(reports.flatMap(({ defects }) => defects)).toEqual([]);
}, 180_000);

test("verify names a file that is missing, cut, altered, or of no run, and a document that the files do not have", async () => {
  const destination = openFolder(folder);
  const model = garden.model("plant_card");
  const models = [model];
  const faultsOf = async () =>
    (await verifyDestination({ db: garden.db, mongo: garden.mongo, destination, models, signal })).flatMap(
      ({ defects }) => defects,
    );
  await exportTo(destination, models);
  await plant(2001);
  const [second] = await exportTo(destination, models);
  await plant(2002);
  await exportTo(destination, models);
  expect(await faultsOf()).toEqual([]);
  const file = second?.manifest?.file ?? "";
  const path = join(folder, file);
  const bytes = await readFile(path);
  const spoil = async (content: Uint8Array | null, expected: readonly string[]) => {
    await rm(path);
    if (content) await writeFile(path, content);
    expect(await faultsOf()).toEqual(expected);
    await writeFile(path, bytes);
  };
  const lost = "plant_card 2001 is not in the files.";
  await spoil(null, [`${file} is missing.`, lost]);
  await spoil(bytes.subarray(0, 100), [
    `${file} has 100 bytes, and had ${bytes.length} when it was written.`,
    lost,
  ]);
  const altered = Buffer.from(bytes);
  altered.writeUInt8((altered[20] ?? 0) ^ 1, 20);
  await spoil(altered, [`${file} is not what was written: its hash differs.`, lost]);
  await writeFile(join(folder, "plant_card/date=2024-01-01-0.parquet"), bytes);
  expect(await faultsOf()).toEqual(["plant_card/date=2024-01-01-0.parquet is in no manifest."]);
  await rm(join(folder, "plant_card/date=2024-01-01-0.parquet"));
  // An exporter that had forgotten a document, and one that had taken a wrong state.
  await garden.mongo.db.collection("plant_card").updateOne({ _id: 2002 as never }, { $set: { height: 4 } });
  await garden.mongo.db.collection("plant_card").deleteOne({ _id: 2001 as never });
  expect((await faultsOf()).sort()).toEqual([
    "plant_card 2001 is in the files, and was deleted.",
    "plant_card 2002 is another in the files.",
  ]);
});

test("a model whose mirror cannot be read is told, and the others are written", async () => {
  const destination = openFolder(folder);
  const [first, second] = [garden.model("plant_card"), garden.model("gardener_plants")];
  const strange = { ...first, name: "nobody_mirrors_this" };
  const done = await exportTo(destination, [strange, second]);
  expect(done.map(({ model, manifest, problem }) => [model, manifest === null, problem?.code])).toEqual([
    ["nobody_mirrors_this", true, "MIRROR_UNAVAILABLE"],
    ["gardener_plants", false, undefined],
  ]);
});
