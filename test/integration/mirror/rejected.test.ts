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
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
let viewSql: string;
beforeAll(async () => {
  shop = await openMirrorShop();
  viewSql = await readFile(resolve(shop.sqlDir, "views/pos/product_buyers.sql"), "utf8");
  await shop.mirror();
});
afterAll(() => shop.close());

const rejected = async () =>
  (await readRejected(shop.db)).map((one) => [one.model, one.documentId, one.failures]);
const replaceView = (from: string, to: string) => {
  expect(viewSql).toContain(from);
  return shop.admin.query(viewSql.replace(from, to));
};

test("a document without a name is rejected with its reason, and heals by its next change", async () => {
  await replaceView("    product.name,", "    nullif(product.name, 'Bad') as name,");
  await shop.db.run("update product set name = 'Bad' where product_id = 2");
  await shop.db.run("update product set name = 'Good' where product_id = 1");
  await shop.mirror();
  expect(await rejected()).toEqual([["product_buyers", "2", 1]]);
  expect((await readRejected(shop.db))[0]?.reason).toContain("name");
  const stored = await shop.mongo.db.collection<{ _id: number }>("product_buyers").findOne({ _id: 1 });
  expect(stored).toMatchObject({ name: "Good" });
  await shop.db.run("update product set name = 'Mended' where product_id = 2");
  await shop.mirror();
  expect(await rejected()).toEqual([]);
  expect(await shop.defects()).toEqual([]);
  await replaceView("", "");
});

test("as long as a document is rejected the mirror is as old as its change, and shows no write that a token names", async () => {
  const model = shop.model("product_buyers");
  const meter = createFreshness(shop.db, shop.mongo, shop.models);
  const token = async () => readToken(await takeToken(shop.db));
  await replaceView("    product.name,", "    nullif(product.name, 'Bad') as name,");
  await shop.db.run("update product set name = 'Bad' where product_id = 2");
  await ageChanges(shop.db, 3600);
  const written = await token();
  await shop.mirror();
  expect(await rejected()).toEqual([["product_buyers", "2", 1]]);
  const { lagMs, asOf } = await meter.of(model, 0);
  expect(lagMs).toBeGreaterThanOrEqual(3_600_000);
  expect(Date.now() - asOf).toBeGreaterThanOrEqual(3_600_000);
  expect(await awaitWrite(meter, model, written)).toBe(false);
  expect((await meter.of(shop.model("customer_orders"), 0)).lagMs).toBe(0);
  await replaceView("", "");
  await shop.db.run("update product set name = 'Mended' where product_id = 2");
  const mended = await token();
  await shop.mirror();
  expect((await meter.of(model, 0)).lagMs).toBe(0);
  expect(await awaitWrite(meter, model, mended)).toBe(true);
});

test("a loader that comes late with what it could not read does not reject what another has written since", async () => {
  const model = shop.model("product_buyers");
  await replaceView("    product.name,", "    nullif(product.name, 'Bad') as name,");
  await shop.db.run("update product set name = 'Bad' where product_id = 2");
  await withSnapshots(shop.db, async (snapshots) => {
    const cycle = await readCycle(snapshots, shop.models, await everything(shop.db));
    await landCycle(shop.db, cycle);
  });
  const read = async () => {
    const { batch } = await withSnapshots(shop.db, (snapshots) =>
      createBatchReader(model, () => 0n).read(snapshots, { changes: true, rebuild: null }),
    );
    if (!batch) throw new Error("Nothing was read.");
    return batch;
  };
  const early = await read();
  expect([...early.invalid.keys()]).toEqual(["2"]);
  await replaceView("", "");
  await applyBatch({ db: shop.db, mongo: shop.mongo, model: model }, await read());
  await expect(applyBatch({ db: shop.db, mongo: shop.mongo, model: model }, early)).rejects.toThrow(
    /another loader/,
  );
  expect(await rejected()).toEqual([]);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});

/** A range of a rebuild, read now and written later; documents of the model are rejected meanwhile. */
async function readRangeOf(model: DocumentModel) {
  const rebuild = await takeRebuild(shop.db, model);
  if (!rebuild) throw new Error("No rebuild is due.");
  const { batch } = await withSnapshots(shop.db, (snapshots) =>
    createBatchReader(model, () => 0n).read(snapshots, { changes: false, rebuild }),
  );
  if (!batch) throw new Error("Nothing was read.");
  return { rebuild, batch };
}
const needRebuild = (model: DocumentModel) =>
  shop.db.transaction((connection) => requestRebuild(connection, [model]));

test("a range of a rebuild that comes late leaves what another loader has rejected since", async () => {
  const model = shop.model("product_buyers");
  await shop.db.run("update product set name = concat('P', product_id)");
  await shop.mirror();
  await replaceView("    product.name,", "    nullif(product.name, 'Bad') as name,");
  await shop.db.run("update product set name = 'Bad' where product_id = 3");
  await shop.mirror();
  await needRebuild(model);
  const { rebuild, batch } = await readRangeOf(model);
  expect(batch.entries.map(({ id }) => id)).toContain("2");
  await shop.db.run("update product set name = 'Bad' where product_id = 2");
  const other = shop.createLoader([model]);
  await expect(other.once(AbortSignal.timeout(10_000))).resolves.toBeUndefined();
  await applyBatch({ db: shop.db, mongo: shop.mongo, model: model }, batch);
  await finishRebuild(shop.db, model, rebuild);
  expect((await rejected()).map(([, id]) => id)).toEqual(["2", "3"]);
  await replaceView("", "");
  await shop.db.run("update product set name = 'Fine' where product_id in (2, 3)");
  await shop.mirror();
  expect(await rejected()).toEqual([]);
});

test("what a late range of a rebuild rejects though it is mended is tried again at the rebuild's end", async () => {
  const model = shop.model("product_buyers");
  await shop.db.run("update product set name = concat('P', product_id)");
  await shop.mirror();
  await replaceView("    product.name,", "    nullif(product.name, 'Bad') as name,");
  await shop.db.run("update product set name = 'Bad' where product_id = 2");
  await needRebuild(model);
  const { rebuild, batch } = await readRangeOf(model);
  expect([...batch.invalid.keys()]).toEqual(["2"]);
  await replaceView("", "");
  await applyBatch({ db: shop.db, mongo: shop.mongo, model: model }, batch);
  expect(await rejected()).toEqual([["product_buyers", "2", 1]]);
  expect(await finishRebuild(shop.db, model, rebuild)).toBe(true);
  await shop.mirror();
  expect(await rejected()).toEqual([]);
  expect(await shop.defects()).toEqual([]);
});

test("a document that makes the whole statement fail is found among the others", async () => {
  await replaceView(
    "    product.name,",
    "    if(product.product_id = 3, (select 1 union select 2), product.name) as name,",
  );
  await shop.db.run("update product set name = concat(name, '!')");
  await shop.mirror();
  expect(await rejected()).toEqual([["product_buyers", "3", 1]]);
  await replaceView("", "");
  await shop.db.run("update product set name = 'Fine' where product_id = 3");
  await shop.mirror();
  expect(await rejected()).toEqual([]);
  expect(await shop.defects()).toEqual([]);
});

test("a view that is gone stops its own model only; `vitrine status` tells which, and is well when it is back", async () => {
  const { mariadbUrl, mongodbUrl, project, sqlDir, admin } = shop;
  const config = { MARIADB_URL: mariadbUrl, MONGODB_URL: mongodbUrl, VITRINE_MAX_STALENESS_MS: "500" };
  const app = await joinApp(readConfig(config), { logger: createLogger("silent") });
  if (!app) throw new Error("Servers that are given are there.");
  const problems = async () => (await readStackStatus(app)).problems;
  const stop = new AbortController();
  const running = shop.createLoader().run(stop.signal);
  try {
    await expect.poll(problems, { timeout: 20_000 }).toEqual([]);
    await admin.query("drop view product_buyers");
    await shop.db.run("update product set name = 'Away' where product_id = 1");
    const order = () => shop.mongo.db.collection<{ _id: number }>("order_details").findOne({ _id: 1 });
    await expect.poll(async () => JSON.stringify(await order()), { timeout: 20_000 }).toContain("Away");
    await expect
      .poll(problems, { timeout: 20_000 })
      .toEqual([
        "1 SQL files are not applied: run `vitrine migrate up`.",
        expect.stringMatching(/^The mirror of product_buyers lags \d+ ms/),
      ]);
    await migrateUp({ admin, sqlDir, domains: project.domains });
    const product = () => shop.mongo.db.collection<{ _id: number }>("product_buyers").findOne({ _id: 1 });
    await expect.poll(product, { timeout: 20_000 }).toMatchObject({ name: "Away" });
    await expect.poll(problems, { timeout: 20_000 }).toEqual([]);
  } finally {
    stop.abort();
    await running;
    await app.close();
  }
});

test("a touched view that fails costs its model a rebuild, and nothing is lost", async () => {
  const view = "product_buyers_touched_by_product";
  const touched = await readFile(resolve(shop.sqlDir, `touched/pos/${view}.sql`), "utf8");
  await shop.admin.query(`drop view ${view}`);
  await shop.db.run("update product set name = 'Unseen' where product_id = 1");
  await shop.createLoader().once(new AbortController().signal);
  await shop.admin.query(touched);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});

test("the head of a queue is the oldest change in it, in whatever order the views name the documents", async () => {
  const [first, second] = [shop.model("order_details"), shop.model("customer_orders")];
  const at = (ago: string) => `2024-05-01 10:${ago}:00.000000`;
  await shop.db.transaction((connection) =>
    appendPending(
      connection,
      new Map([
        [first, [touchedAt("1", at("20")), touchedAt("2", at("10")), touchedAt("3", at("30"))]],
        [second, [touchedAt("1", at("40"))]],
      ]),
    ),
  );
  const rows = await shop.db.query<{ id: string }>(
    "select document_id as id from vitrine_pending where model = 'order_details' order by pending_id",
  );
  expect(rows.map((row) => row.id)).toEqual(["2", "1", "3"]);
  await shop.mirror();
});

const touchedAt = (id: string, loggedAt: string) => ({ id, loggedAt, bulk: false });
