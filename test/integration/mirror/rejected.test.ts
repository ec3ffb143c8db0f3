import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { joinApp } from "../../../src/app/open-app.ts";
import { readStackStatus } from "../../../src/commands/read-status.ts";
import { readConfig } from "../../../src/config.ts";
import { appendPending } from "../../../src/core/pending-queue.ts";
import { finishRebuild, requestRebuild, takeRebuild } from "../../../src/core/rebuild.ts";
import { readRejected } from "../../../src/core/rejected-documents.ts";
import { awaitWrite } from "../../../src/freshness/await-write.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { readToken } from "../../../src/freshness/write-token.ts";
import { createLogger } from "../../../src/log.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { landCycle, readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import { ageChanges, everything } from "../../support/changes.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
let viewSql: string;
beforeAll(async () => {
  garden = await openMirrorGarden();
  viewSql = await readFile(resolve(garden.sqlDir, "views/garden/bed_gardeners.sql"), "utf8");
  await garden.mirror();
});
afterAll(() => garden.close());

const rejected = async () =>
  (await readRejected(garden.db)).map((one) => [one.model, one.documentId, one.failures]);
const replaceView = (from: string, to: string) => {
  expect(viewSql).toContain(from);
  return garden.admin.query(viewSql.replace(from, to));
};

test("a document without a name is rejected with its reason, and heals by its next change", async () => {
  await replaceView("    bed.name,", "    nullif(bed.name, 'Bad') as name,");
  await garden.db.run("update bed set name = 'Bad' where bed_id = 2");
  await garden.db.run("update bed set name = 'Good' where bed_id = 1");
  await garden.mirror();
  expect(await rejected()).toEqual([["bed_gardeners", "2", 1]]);
  expect((await readRejected(garden.db))[0]?.reason).toContain("name");
  const stored = await garden.mongo.db.collection<{ _id: number }>("bed_gardeners").findOne({ _id: 1 });
  expect(stored).toMatchObject({ name: "Good" });
  await garden.db.run("update bed set name = 'Mended' where bed_id = 2");
  await garden.mirror();
  expect(await rejected()).toEqual([]);
  expect(await garden.defects()).toEqual([]);
  await replaceView("", "");
});

test("as long as a document is rejected the mirror is as old as its change, and shows no write that a token names", async () => {
  const model = garden.model("bed_gardeners");
  const meter = createFreshness(garden.db, garden.mongo, garden.models);
  const token = async () => readToken(await takeToken(garden.db));
  await replaceView("    bed.name,", "    nullif(bed.name, 'Bad') as name,");
  await garden.db.run("update bed set name = 'Bad' where bed_id = 2");
  await ageChanges(garden.db, 3600);
  const written = await token();
  await garden.mirror();
  expect(await rejected()).toEqual([["bed_gardeners", "2", 1]]);
  const { lagMs, asOf } = await meter.of(model, 0);
  expect(lagMs).toBeGreaterThanOrEqual(3_600_000);
  expect(Date.now() - asOf).toBeGreaterThanOrEqual(3_600_000);
  expect(await awaitWrite(meter, model, written)).toBe(false);
  expect((await meter.of(garden.model("gardener_plants"), 0)).lagMs).toBe(0);
  await replaceView("", "");
  await garden.db.run("update bed set name = 'Mended' where bed_id = 2");
  const mended = await token();
  await garden.mirror();
  expect((await meter.of(model, 0)).lagMs).toBe(0);
  expect(await awaitWrite(meter, model, mended)).toBe(true);
});

test("a loader that comes late with what it could not read does not reject what another has written since", async () => {
  const model = garden.model("bed_gardeners");
  await replaceView("    bed.name,", "    nullif(bed.name, 'Bad') as name,");
  await garden.db.run("update bed set name = 'Bad' where bed_id = 2");
  await withSnapshots(garden.db, async (snapshots) => {
    const cycle = await readCycle(snapshots, garden.models, await everything(garden.db));
    await landCycle(garden.db, cycle);
  });
  const read = async () => {
    const { batch } = await withSnapshots(garden.db, (snapshots) =>
      createBatchReader(model, () => 0n).read(snapshots, { changes: true, rebuild: null }),
    );
    if (!batch) throw new Error("Nothing was read.");
    return batch;
  };
  const early = await read();
  expect([...early.invalid.keys()]).toEqual(["2"]);
  await replaceView("", "");
  await applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, await read());
  await expect(applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, early)).rejects.toThrow(
    /another loader/,
  );
  expect(await rejected()).toEqual([]);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});

/** A range of a rebuild, read now and written later; documents of the model are rejected meanwhile. */
async function readRangeOf(model: DocumentModel) {
  const rebuild = await takeRebuild(garden.db, model);
  if (!rebuild) throw new Error("No rebuild is due.");
  const { batch } = await withSnapshots(garden.db, (snapshots) =>
    createBatchReader(model, () => 0n).read(snapshots, { changes: false, rebuild }),
  );
  if (!batch) throw new Error("Nothing was read.");
  return { rebuild, batch };
}
const needRebuild = (model: DocumentModel) =>
  garden.db.transaction((connection) => requestRebuild(connection, [model]));

test("a range of a rebuild that comes late leaves what another loader has rejected since", async () => {
  const model = garden.model("bed_gardeners");
  await garden.db.run("update bed set name = concat('P', bed_id)");
  await garden.mirror();
  await replaceView("    bed.name,", "    nullif(bed.name, 'Bad') as name,");
  await garden.db.run("update bed set name = 'Bad' where bed_id = 3");
  await garden.mirror();
  await needRebuild(model);
  const { rebuild, batch } = await readRangeOf(model);
  expect(batch.entries.map(({ id }) => id)).toContain("2");
  await garden.db.run("update bed set name = 'Bad' where bed_id = 2");
  const other = garden.createLoader([model]);
  await expect(other.once(AbortSignal.timeout(10_000))).resolves.toBeUndefined();
  await applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, batch);
  await finishRebuild(garden.db, model, rebuild);
  expect((await rejected()).map(([, id]) => id)).toEqual(["2", "3"]);
  await replaceView("", "");
  await garden.db.run("update bed set name = 'Fine' where bed_id in (2, 3)");
  await garden.mirror();
  expect(await rejected()).toEqual([]);
});

test("what a late range of a rebuild rejects though it is mended is tried again at the rebuild's end", async () => {
  const model = garden.model("bed_gardeners");
  await garden.db.run("update bed set name = concat('P', bed_id)");
  await garden.mirror();
  await replaceView("    bed.name,", "    nullif(bed.name, 'Bad') as name,");
  await garden.db.run("update bed set name = 'Bad' where bed_id = 2");
  await needRebuild(model);
  const { rebuild, batch } = await readRangeOf(model);
  expect([...batch.invalid.keys()]).toEqual(["2"]);
  await replaceView("", "");
  await applyBatch({ db: garden.db, mongo: garden.mongo, model: model }, batch);
  expect(await rejected()).toEqual([["bed_gardeners", "2", 1]]);
  expect(await finishRebuild(garden.db, model, rebuild)).toBe(true);
  await garden.mirror();
  expect(await rejected()).toEqual([]);
  expect(await garden.defects()).toEqual([]);
});

test("a document that makes the whole statement fail is found among the others", async () => {
  await replaceView("    bed.name,", "    if(bed.bed_id = 3, (select 1 union select 2), bed.name) as name,");
  await garden.db.run("update bed set name = concat(name, '!')");
  await garden.mirror();
  expect(await rejected()).toEqual([["bed_gardeners", "3", 1]]);
  await replaceView("", "");
  await garden.db.run("update bed set name = 'Fine' where bed_id = 3");
  await garden.mirror();
  expect(await rejected()).toEqual([]);
  expect(await garden.defects()).toEqual([]);
});

test("a view that is gone stops its own model only; `vitrine status` tells which, and is well when it is back", async () => {
  const { mariadbUrl, mongodbUrl, project, sqlDir, admin } = garden;
  const config = {
    MARIADB_URL: mariadbUrl,
    MONGODB_URL: mongodbUrl,
    VITRINE_MAX_STALENESS_MS: "500",
    VITRINE_PROJECT: resolve(garden.sqlDir, "../vitrine.config.ts"),
  };
  const app = await joinApp(readConfig(config), { logger: createLogger("silent") });
  if (!app) throw new Error("Servers that are given are there.");
  const problems = async () => (await readStackStatus(app)).problems;
  const stop = new AbortController();
  const running = garden.createLoader().run(stop.signal);
  try {
    await expect.poll(problems, { timeout: 20_000 }).toEqual([]);
    await admin.query("drop view bed_gardeners");
    await garden.db.run("update bed set name = 'Away' where bed_id = 1");
    const card = () => garden.mongo.db.collection<{ _id: number }>("plant_card").findOne({ _id: 1 });
    await expect.poll(async () => JSON.stringify(await card()), { timeout: 20_000 }).toContain("Away");
    await expect
      .poll(problems, { timeout: 20_000 })
      .toEqual([
        "1 SQL files are not applied: run `vitrine migrate up`.",
        expect.stringMatching(/^The mirror of bed_gardeners lags \d+ ms/),
      ]);
    await migrateUp({ admin, sqlDir, domains: project.domains });
    const bed = () => garden.mongo.db.collection<{ _id: number }>("bed_gardeners").findOne({ _id: 1 });
    await expect.poll(bed, { timeout: 20_000 }).toMatchObject({ name: "Away" });
    await expect.poll(problems, { timeout: 20_000 }).toEqual([]);
  } finally {
    stop.abort();
    await running;
    await app.close();
  }
});

test("a touched view that fails costs its model a rebuild, and nothing is lost", async () => {
  const view = "bed_gardeners_touched_by_bed";
  const touched = await readFile(resolve(garden.sqlDir, `touched/garden/${view}.sql`), "utf8");
  await garden.admin.query(`drop view ${view}`);
  await garden.db.run("update bed set name = 'Unseen' where bed_id = 1");
  await garden.createLoader().once(new AbortController().signal);
  await garden.admin.query(touched);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});

test("the head of a queue is the oldest change in it, in whatever order the views name the documents", async () => {
  const [first, second] = [garden.model("plant_card"), garden.model("gardener_plants")];
  const at = (ago: string) => `2024-05-01 10:${ago}:00.000000`;
  await garden.db.transaction((connection) =>
    appendPending(
      connection,
      new Map([
        [first, [touchedAt("1", at("20")), touchedAt("2", at("10")), touchedAt("3", at("30"))]],
        [second, [touchedAt("1", at("40"))]],
      ]),
    ),
  );
  const rows = await garden.db.query<{ id: string }>(
    "select document_id as id from vitrine_pending where model = 'plant_card' order by pending_id",
  );
  expect(rows.map((row) => row.id)).toEqual(["2", "1", "3"]);
  await garden.mirror();
});

const touchedAt = (id: string, loggedAt: string) => ({ id, loggedAt, bulk: false });
