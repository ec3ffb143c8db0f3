import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { watchCapture } from "../../../src/app/watch-capture.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createStoreRouter } from "../../../src/freshness/route.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

/** Statements that write no row, and after which the documents of before are wrong. */
let shop: MirrorShop;
let sqlDir: string;
let stop: AbortController;
let running: Promise<void> | undefined;
beforeAll(async () => {
  shop = await openMirrorShop();
  sqlDir = join(await mkdtemp(join(tmpdir(), "vitrine-tables-")), "sql");
  await cp(shop.sqlDir, sqlDir, { recursive: true });
});
beforeEach(async () => {
  stop?.abort();
  await running;
  running = undefined;
  stop = new AbortController();
});
afterAll(async () => {
  stop?.abort();
  await running;
  await shop?.close();
  await rm(join(sqlDir, ".."), { recursive: true, force: true });
});

const follow = () => {
  const { admin, loader } = shop;
  running = shop
    .createLoader(shop.models, {
      checkCapture: watchCapture({ admin, loader, project: { ...shop.project, sqlDir: shop.sqlDir } }),
    })
    .run(stop.signal);
};
/** Whether a query that does not mind the store is answered from the mirror. */
const readsMirror = async (model: string) => {
  const meter = createFreshness(shop.db, shop.mongo, shop.models);
  const route = createStoreRouter({ meter, mirrorReachable: () => true, defaultMaxStalenessMs: 60_000 });
  const { store } = await route(shop.model(model), { source: "AUTO", maxStalenessMs: undefined });
  return store === "mirror";
};
const fee = (dollars: number) =>
  `alter table \`order\` modify column total decimal(14,2)
  generated always as (subtotal + sales_tax + ${dollars}.00) stored`;
const mirroredTotal = async () =>
  String((await shop.mongo.db.collection("order_details").findOne({ _v: { $exists: true } }))?.total);
const wrong = async () => {
  const { defects, isComplete } = await shop.verify("order_details");
  return isComplete ? defects.length : "not complete";
};

test("another expression of a generated column, by hand while a loader runs, is mirrored by itself, and nobody reads what was", async () => {
  follow();
  await expect.poll(() => readsMirror("order_details"), { timeout: 30_000 }).toBe(true);
  await expect.poll(wrong, { timeout: 30_000 }).toBe(0);
  const before = await mirroredTotal();
  await shop.admin.query(fee(1));
  // As long as the mirror has the old figure a query may read it for no longer than a look takes to come.
  await expect.poll(() => readsMirror("order_details"), { timeout: 30_000, interval: 20 }).toBe(false);
  await expect.poll(() => readsMirror("order_details"), { timeout: 30_000 }).toBe(true);
  expect(await wrong()).toBe(0);
  expect(await mirroredTotal()).not.toBe(before);
  expect(await readsMirror("product_price_history")).toBe(true);
});

test("the same by migrate up, without a loader: nobody reads the mirror after it, and the next loader mends it", async () => {
  await shop.mirror();
  expect(await wrong()).toBe(0);
  expect(await readsMirror("order_details")).toBe(true);
  await writeFile(join(sqlDir, "migrations/pos/0090-fee.sql"), `${fee(2)};\n`);
  const steps = await migrateUp({ admin: shop.admin, sqlDir, domains: shop.project.domains });
  const rebuilt = steps.filter(({ action }) => action === "rebuild").map(({ name }) => name);
  expect(rebuilt).toContain("order_details");
  expect(rebuilt).not.toContain("product_price_history");
  expect(await readsMirror("order_details")).toBe(false);
  expect(await readsMirror("product_price_history")).toBe(true);
  await shop.mirror();
  expect(await readsMirror("order_details")).toBe(true);
  expect(await wrong()).toBe(0);
});

test("nor when a later statement of that file is refused", async () => {
  await shop.mirror();
  expect(await readsMirror("order_details")).toBe(true);
  const file = join(sqlDir, "migrations/pos/0091-more.sql");
  await writeFile(file, `${fee(3)};\nselect no_such_column from product;\n`);
  const up = () => migrateUp({ admin: shop.admin, sqlDir, domains: shop.project.domains });
  await expect(up()).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
  expect(await readsMirror("order_details")).toBe(false);
  await rm(file);
});

test("tables that change names while no loader runs are told by the next one's first look", async () => {
  await shop.mirror();
  await shop.admin.query(
    `create table product_2 like product; set foreign_key_checks = 0;
    insert into product_2 (product_id, name, current_price) select product_id, concat(name, ' II'), current_price from product;
    rename table product to product_1, product_2 to product; set foreign_key_checks = 1`,
  );
  const { admin, loader } = shop;
  const watch = watchCapture({ admin, loader, project: { ...shop.project, sqlDir: shop.sqlDir } });
  expect((await watch()).outdated?.models).toContain("product_buyers");
});
