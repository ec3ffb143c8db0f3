import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readStates } from "../../../src/core/model-state.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createLoaderMetrics } from "../../../src/mirror/loader-metrics.ts";
import { addMirrorGauges } from "../../../src/monitor/mirror-gauges.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { ageChanges } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
});
afterAll(() => shop.close());

const gauges = (reader = shop.reader) => {
  const registry = new Registry();
  const meter = createFreshness(reader, shop.mongo, shop.models);
  addMirrorGauges(registry, { models: shop.models, meter, isMongoReachable: () => false });
  return registry;
};
/** The series of order_details and those of the whole, without help. */
const look = async (registry = gauges()) =>
  (await registry.metrics())
    .split("\n")
    .filter((line) => !line.startsWith("#") && (!line.includes("model=") || line.includes('"order_details"')))
    .map((line) => line.replace('model="order_details"', ""))
    .filter((line) => line !== "");

test("gauges tell of a mirror that is not there, of what waits, and of rejected documents", async () => {
  expect(await look()).toEqual([
    "vitrine_mariadb_up 1",
    "vitrine_mongodb_up 0",
    expect.stringMatching(/^vitrine_mirror_lag_seconds\{\} \d/),
    "vitrine_mirror_pending_changes{} 0",
    "vitrine_mirror_rejected_documents{} 0",
    "vitrine_mirror_usable{} 0",
    'vitrine_mirror_rebuild_state{,state="needed"} 1',
    'vitrine_mirror_rebuild_state{,state="running"} 0',
    'vitrine_mirror_rebuild_state{,state="done"} 0',
  ]);
  await shop.mirror();
  await shop.db.run(
    "insert into vitrine_rejected (model, document_id, reason) values ('order_details', '3', 'too large'), ('order_details', '4', 'too large')",
  );
  await shop.db.run("update product set name = 'Bench' where product_id = 1");
  await ageChanges(shop.db, 90);
  const seen = await look();
  expect(seen).toEqual(
    expect.arrayContaining([
      "vitrine_mirror_pending_changes{} 1",
      "vitrine_mirror_rejected_documents{} 2",
      "vitrine_mirror_usable{} 1",
      'vitrine_mirror_rebuild_state{,state="done"} 1',
    ]),
  );
  const lag = Number(seen.find((line) => line.includes("_lag_"))?.split(" ")[1]);
  expect(lag).toBeGreaterThanOrEqual(90);
  expect(lag).toBeLessThan(150);
  await shop.db.run("delete from vitrine_rejected");
  await shop.mirror();
});

test("a mirror of another definition is not usable", async () => {
  await shop.mirror();
  const record = (hash: string | undefined, shape: string | null | undefined) =>
    shop.db.run("update vitrine_state set shape_hash = ?, shape = ? where model = 'order_details'", [
      hash,
      shape,
    ]);
  const state = (await readStates(shop.db)).get("order_details");
  await record("other", null);
  expect(await look()).toContain("vitrine_mirror_usable{} 0");
  await record(state?.shapeHash, state?.shape);
});

test("with MariaDB away only the lag is told, which grows: all else would be of long ago", async () => {
  const reader = openMariaDb(shop.mariadbUrl);
  const registry = gauges(reader);
  expect(await look(registry)).toContain("vitrine_mirror_usable{} 1");
  await reader.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await look(registry)).toEqual([
    "vitrine_mariadb_up 0",
    "vitrine_mongodb_up 0",
    expect.stringMatching(/^vitrine_mirror_lag_seconds\{\} 0\.[3-9]/),
  ]);
});

/** Metrics that a loader counts in, and the value of a series of theirs. */
function openCounters() {
  const registry = new Registry();
  const count = createLoaderMetrics(registry, shop.models);
  const value = async (series: string) => {
    const lines = (await registry.metrics()).split("\n");
    const line = lines.find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };
  return { count, value };
}

test("counters tell what a loader wrote, failed at and proved wrong", async () => {
  await shop.mirror();
  const { count, value } = openCounters();
  const [first] = shop.models;
  if (!first) throw new Error("The shop has models.");
  const written = 'vitrine_loader_documents_total{model="product_buyers",work="changes",outcome="written"}';
  const defects = `vitrine_verified_defects_total{model="${first.name}"}`;
  // There before anything happened: else the first defect would be no increase.
  expect([await value(written), await value(defects)]).toEqual([0, 0]);
  await shop.mongo.db
    .collection(first.name)
    .updateMany({}, { $set: { _h: "spoiled" } }, { bypassDocumentValidation: true });
  await shop.admin.query("create or replace view monthly_sales_touched_by_product as select 1 as nothing");
  const stop = new AbortController();
  const running = shop.createLoader(shop.models, { verifyShare: 1, onEvent: count }).run(stop.signal);
  try {
    await shop.db.run("update product set name = concat(name, '!') where product_id = 2");
    await expect.poll(() => value(written), { timeout: 20_000 }).toBe(1);
    const failed = 'vitrine_loader_failures_total{scope="what changes touch of monthly_sales"}';
    await expect.poll(() => value(failed), { timeout: 10_000 }).toBeGreaterThan(0);
    await expect.poll(() => value(defects), { timeout: 15_000 }).toBe(4);
    expect(await value(`vitrine_verified_documents_total{model="${first.name}"}`)).toBe(4);
  } finally {
    stop.abort();
    await running;
  }
});

test("changes that are not captured are told at once, and the rebuilds that follow are counted", async () => {
  const { count, value } = openCounters();
  const stop = new AbortController();
  let isMissing = true;
  const checkCapture = async () => ({ problem: isMissing ? "A trigger is missing." : null });
  const models = [shop.model("order_details")];
  const running = shop
    .createLoader(models, { verifyShare: 0, checkCapture, onEvent: count })
    .run(stop.signal);
  try {
    await expect.poll(() => value("vitrine_loader_capture_problem"), { timeout: 10_000 }).toBe(1);
    expect(await value('vitrine_loader_failures_total{scope="capture"}')).toBeGreaterThan(0);
    isMissing = false;
    await expect.poll(() => value("vitrine_loader_capture_problem"), { timeout: 10_000 }).toBe(0);
    const rebuilds = 'vitrine_loader_rebuilds_total{model="order_details"}';
    await expect.poll(() => value(rebuilds), { timeout: 10_000 }).toBeGreaterThan(0);
    const rebuilt = 'vitrine_loader_documents_total{model="order_details",work="rebuild",outcome="written"}';
    expect(await value(rebuilt)).toBeGreaterThan(0);
  } finally {
    stop.abort();
    await running;
  }
});
