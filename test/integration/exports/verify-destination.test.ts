import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Destination } from "../../../src/exports/destinations/destination.ts";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { readManifests } from "../../../src/exports/incremental/manifest.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import {
  type ExportedGarden,
  hashFiles,
  makeFolderOfTest,
  openExportedGarden,
  removeFolder,
} from "../../support/garden/export-garden.ts";
import { interceptReads } from "../../support/intercept-reads.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const testSeed = readTestSeed();
const { signal } = new AbortController();
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

test(`a run that dies at any step (VITRINE_TEST_SEED=${testSeed}) leaves no file that is not whole and described, and the next repeats it`, async () => {
  const destination = openFolder(folder);
  const models = exported.garden.models.slice(0, 1);
  await exported.exportTo(destination, models);
  let died = 0;
  for (let step = 1; step <= 12; step += 1) {
    await exported.write(2, testSeed + 500 + step);
    // Of each model a document changes, so that each has a file to write.
    await exported.plant(1000 + step);
    await exported.garden.db.run("update bed set name = ? where bed_id = 1", [`Bed ${step}`]);
    await exported.exportTo(dieAt(step, destination), models).then(
      () => undefined,
      ({ message }: Error) => {
        died += 1;
        return expect(message).toMatch(/died|dead/);
      },
    );
    const listed = await destination.list("", { signal });
    const files = listed.map(({ path }) => path).filter((path) => path.endsWith(".parquet"));
    const manifests = new Map(
      (await readManifests(destination, listed, signal)).map((one) => [one.file, one]),
    );
    const hashes = await hashFiles(folder);
    for (const file of files) expect(manifests.get(file)?.sha256, file).toBe(hashes.get(join(folder, file)));
    await exported.exportTo(destination, models);
    // Now and then: what is missing once is missing to the end.
    for (const model of step % 4 === 0 ? models : [])
      expect(await readFinalState(folder, model), `${model.name}, step ${step}`).toEqual(
        await readLiveState(exported.garden.db, model),
      );
  }
  expect(died).toBe(12);
  const reports = await exported.verify(destination, models);
  expect(reports.flatMap(({ defects }) => defects)).toEqual([]);
}, 180_000);

test("verify names a file that is missing, cut, altered, or of no run, and a document that the files do not have", async () => {
  const destination = openFolder(folder);
  const model = exported.garden.model("plant_card");
  const models = [model];
  const faultsOf = async () => (await exported.verify(destination, models)).flatMap(({ defects }) => defects);
  await exported.exportTo(destination, models);
  await exported.plant(2001);
  await exported.settle();
  const [second] = await exported.exportTo(destination, models);
  await exported.plant(2002);
  await exported.settle();
  await exported.exportTo(destination, models);
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
  await exported.garden.mongo.db
    .collection("plant_card")
    .updateOne({ _id: 2002 as never }, { $set: { height: 4 } });
  await exported.garden.mongo.db.collection("plant_card").deleteOne({ _id: 2001 as never });
  expect((await faultsOf()).sort()).toEqual([
    "plant_card 2001 is in the files, and was deleted.",
    "plant_card 2002 is another in the files.",
  ]);
});

test("a document that goes, and one that comes back, while the mirror is read is no defect", async () => {
  const destination = openFolder(folder);
  const models = [exported.garden.model("plant_card")];
  const { db, mongo } = exported.garden;
  const remove = (id: number) => db.run("delete from plant where plant_id = ?", [id]);
  for (const id of [3001, 3002, 3003]) await exported.plant(id);
  await exported.settle();
  await exported.exportTo(destination, models);
  const steps = [
    async () => {
      await remove(3002);
      await remove(3003);
    },
    async () => {
      await remove(3001);
      await exported.plant(3003);
    },
  ];
  const busy = interceptReads(mongo, async () => {
    await steps.shift()?.();
    await exported.settle();
  });
  const reports = await verifyDestination({ db, mongo: busy, destination, models, signal });
  expect(steps).toEqual([]);
  expect(reports.flatMap(({ defects }) => defects)).toEqual([]);
});

test("a run that ends while its destination is verified is no defect", async () => {
  const destination = openFolder(folder);
  const models = [exported.garden.model("plant_card")];
  await exported.exportTo(destination, models);
  let isFirst = true;
  const [report] = await exported.verify(
    {
      ...destination,
      async list(path, options) {
        const found = await destination.list(path, options);
        if (isFirst) {
          isFirst = false;
          await exported.plant(3100);
          await exported.exportTo(destination, models);
        }
        return found;
      },
    },
    models,
  );
  expect(isFirst).toBe(false);
  expect(report?.defects).toEqual([]);
});

test("a document of the files that cannot be mirrored any more is told as such, and as no deletion", async () => {
  const destination = openFolder(folder);
  const models = [exported.garden.model("plant_card")];
  await exported.plant(3200);
  await exported.settle();
  await exported.exportTo(destination, models);
  // As after a rebuild that could not build it.
  await exported.garden.mongo.db.collection<{ _id: number }>("plant_card").deleteOne({ _id: 3200 });
  const note =
    "insert into vitrine_rejected (model, document_id, reason) values ('plant_card', '3200', 'odd')";
  await exported.garden.db.run(note);
  const [report] = await exported.verify(destination, models);
  await exported.garden.db.run("delete from vitrine_rejected where document_id = '3200'");
  expect([report?.rejected, report?.defects]).toEqual([1, []]);
});
