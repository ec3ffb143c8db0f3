import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDead } from "../../../src/mirror/dead-letters.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
let viewSql: string;
beforeAll(async () => {
  shop = await openMirrorShop();
  viewSql = await readFile(resolve(shop.sqlDir, "views/pos/product_buyers.sql"), "utf8");
  await shop.mirror();
});
afterAll(() => shop.close());

const dead = async () => (await readDead(shop.db)).map((one) => [one.model, one.documentId, one.failures]);
const replaceView = (from: string, to: string) => shop.admin.query(viewSql.replace(from, to));

test("a document without a name is put aside with its reason, and heals by its next change", async () => {
  await replaceView("'name', product.name", "'name', nullif(product.name, 'Bad')");
  await shop.db.run("update product set name = 'Bad' where product_id = 2");
  await shop.db.run("update product set name = 'Good' where product_id = 1");
  await shop.mirror();
  expect(await dead()).toEqual([["product_buyers", "2", 1]]);
  expect((await readDead(shop.db))[0]?.reason).toContain("name");
  const stored = await shop.mongo.db.collection<{ _id: number }>("product_buyers").findOne({ _id: 1 });
  expect(stored).toMatchObject({ name: "Good" });
  await shop.db.run("update product set name = 'Mended' where product_id = 2");
  await shop.mirror();
  expect(await dead()).toEqual([]);
  expect(await shop.defects()).toEqual([]);
  await replaceView("", "");
});

test("a document that makes the whole statement fail is found among the others", async () => {
  await replaceView(
    "'name', product.name",
    "'name', if(product.product_id = 3, (select 1 union select 2), product.name)",
  );
  await shop.db.run("update product set name = concat(name, '!')");
  await shop.mirror();
  expect(await dead()).toEqual([["product_buyers", "3", 1]]);
  await replaceView("", "");
  await shop.db.run("update product set name = 'Fine' where product_id = 3");
  await shop.mirror();
  expect(await dead()).toEqual([]);
  expect(await shop.defects()).toEqual([]);
});

test("a view that is gone stops its own model only, which heals when it is back", async () => {
  const stop = new AbortController();
  const loader = shop.createLoader();
  await shop.admin.query("drop view product_buyers");
  const running = loader.run(stop.signal);
  await shop.db.run("update product set name = 'Away' where product_id = 1");
  await expect
    .poll(() => loader.status().find((status) => status.model === "product_buyers")?.state, {
      timeout: 20_000,
    })
    .toBe("failing");
  const order = () => shop.mongo.db.collection<{ _id: number }>("order_details").findOne({ _id: 1 });
  await expect.poll(async () => JSON.stringify(await order()), { timeout: 20_000 }).toContain("Away");
  await shop.admin.query(viewSql);
  const product = () => shop.mongo.db.collection<{ _id: number }>("product_buyers").findOne({ _id: 1 });
  await expect.poll(product, { timeout: 20_000 }).toMatchObject({ name: "Away" });
  stop.abort();
  await running;
});

test("a touched view that fails costs its model a rebuild, and nothing is lost", async () => {
  const touched = await readFile(resolve(shop.sqlDir, "views/pos/product_buyers_touched.sql"), "utf8");
  await shop.admin.query("drop view product_buyers_touched");
  await shop.db.run("update product set name = 'Unseen' where product_id = 1");
  await shop.createLoader().once(new AbortController().signal);
  await shop.admin.query(touched);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});
