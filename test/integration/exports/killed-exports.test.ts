import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readRuns } from "../../../src/core/read-runs.ts";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { readManifests } from "../../../src/exports/incremental/manifest.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import everything from "../../../vitrine.config.ts";
import { hashFiles, makeFolderOfTest, removeFolder } from "../../support/garden/export-garden.ts";
import { openMirrorShop } from "../../support/mirror-shop.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { readFinalState, readLiveState } from "../../support/read-changes.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";
import { readTestSeed } from "../../support/test-seed.ts";

/** When exports die is drawn from it: VITRINE_TEST_SEED repeats a run. */
const seed = readTestSeed();
const KILLS = 8;
const signal = new AbortController().signal;

let shop: TestMirror;
let folder: string;
let stop: AbortController;
let following: Promise<void>;
beforeAll(async () => {
  shop = await openMirrorShop(everything);
  await shop.mirror();
  stop = new AbortController();
  // The verifier would mend what a test spoils.
  following = shop.createLoader(shop.models, { verifyShare: 0 }).run(stop.signal);
}, 180_000);
afterAll(async () => {
  stop?.abort();
  await following?.catch(() => undefined);
  await shop?.close();
});
beforeEach(async () => {
  folder = await makeFolderOfTest();
});
afterEach(() => removeFolder(folder));

const names = ["order_details", "customer_orders", "product_buyers", "product_demand", "sales"];
const models = () => names.map((name) => shop.model(name));

/** Something of every model. */
async function change(round: number): Promise<void> {
  await shop.db.run("update customer set last_name = ?", [`Name ${round}`]);
  await shop.db.run("update product set name = concat('Thing ', ?, ' ', product_id)", [round]);
  await shop.db.run("update orderline set unit_price = unit_price + 1");
}

/** The moment at which a process is killed: when so many new files with an ending are there, and some time later. */
interface Moment {
  readonly ending: string;
  readonly files: number;
  readonly delayMs: number;
}
/** As soon as a file is seen. */
const whenSeen: fc.Arbitrary<Moment> = fc.record({
  ending: fc.constant(".parquet"),
  files: fc.integer({ min: 1, max: 5 }),
  delayMs: fc.constant(0),
});
/** From the begin of the run on; hidden files count too. */
const anyTime: fc.Arbitrary<Moment> = fc.record({
  ending: fc.constant(""),
  files: fc.integer({ min: 0, max: 20 }),
  delayMs: fc.integer({ min: 0, max: 15 }),
});

const newestRun = async () => (await readRuns(shop.db, { kind: "export", first: 1 }))[0];

/** Every file of the folder, hidden ones too. */
const listFiles = () =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.includes("."));

/** Runs `vitrine export --incremental` until a moment or its end. The id of its run, and whether it was killed before its end. */
async function exportUntil({ ending, files, delayMs }: Moment) {
  const args = ["export", ...names, "--incremental", "--to", folder];
  const before = (await newestRun())?.runId;
  const known = new Set(listFiles());
  const child = spawn(process.execPath, ["bin/vitrine.mjs", ...args], {
    env: vitrineEnvironment(shop, folder),
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const isOver = () => child.exitCode !== null;
  let runId: number | undefined;
  while (runId === undefined && !isOver()) {
    const found = (await newestRun())?.runId;
    if (found !== before) runId = found;
  }
  const isNew = (path: string) => path.endsWith(ending) && !known.has(path);
  const seen = new Set<string>();
  while (seen.size < files && !isOver()) {
    for (const path of listFiles().filter(isNew)) seen.add(path);
    await nextTurn();
  }
  if (delayMs > 0) await sleep(delayMs);
  child.kill("SIGKILL");
  await ended;
  return { runId, isKilled: child.signalCode === "SIGKILL" };
}

/** Each file that can be seen is as its manifest says, and none of `before` has changed. What can be seen, with its hashes. */
async function expectDescribed(before: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const destination = openFolder(folder);
  const listed = await destination.list("", { signal });
  const manifests = await readManifests(destination, listed, signal);
  const described = new Map(manifests.map(({ file, sha256 }) => [`${folder}/${file}`, sha256]));
  const seen = new Map([...(await hashFiles(folder))].filter(([path]) => path.endsWith(".parquet")));
  for (const [path, hash] of seen) expect(described.get(path), path).toBe(hash);
  for (const [path, hash] of before) expect(seen.get(path), path).toBe(hash);
  return seen;
}

const findDefects = async () =>
  (
    await verifyDestination({
      ...{ db: shop.db, mongo: shop.mongo, models: models(), signal },
      destination: openFolder(folder),
    })
  ).flatMap(({ defects }) => defects);

/** A minute later, for a log that has not heard of a process since. */
const passMinute = () =>
  shop.db.run(
    "update vitrine_run set alive_until = utc_timestamp(3) - interval 1 second where outcome is null",
  );

test(`exports into a folder that are killed at any moment leave nothing half-done, and the next goes on (VITRINE_TEST_SEED=${seed})`, async () => {
  const lost: number[] = [];
  let seen: ReadonlyMap<string, string> = new Map();
  let round = 0;
  for (const one of fc.sample(fc.tuple(whenSeen, anyTime), { numRuns: 30, seed }).flat()) {
    if (lost.length === KILLS) break;
    await change(round);
    round += 1;
    const { runId, isKilled } = await exportUntil(one);
    const run = await newestRun();
    expect(run?.runId).toBe(runId);
    // Whoever is killed after the end of its run has done all.
    if (isKilled && run?.endedAt === null) lost.push(run.runId);
    else expect(run?.outcome).toBe("succeeded");
    seen = await expectDescribed(seen);
    expect(await findDefects()).toEqual([]);
  }
  expect(lost.length).toBe(KILLS);
  await passMinute();
  const told = await readRuns(shop.db, { kind: "export", outcome: "lost", first: 100 });
  expect(told.map(({ runId }) => runId).toSorted((a, b) => a - b)).toEqual(lost);

  const done = await runVitrine(shop, folder, ["export", ...names, "--incremental", "--to", folder]);
  expect(done.code, done.stderr).toBe(0);
  await expectDescribed(seen);
  for (const model of models())
    expect(await readFinalState(folder, model), model.name).toEqual(await readLiveState(shop.db, model));
  const verified = await runVitrine(shop, folder, ["export", "verify", folder]);
  expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  expect(verified.stdout.match(/, 0 defects/g), verified.stdout).toHaveLength(names.length);
}, 600_000);
