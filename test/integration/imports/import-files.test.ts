import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { countChanges } from "../../support/changes.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { type ShopFile, type ShopFileChange, shopDomain, writeShopFiles } from "../../support/shop-files.ts";
import { openShopImports } from "../../support/shop-imports.ts";

const { database, importFrom, importShop, query } = openShopImports();

const tables = ["city", "sales_tax", "product", "customer", "order", "orderline", "price_history"];
/** All rows of the shop, those of the past too. */
const readShop = () =>
  Promise.all(
    tables.map((table) =>
      query(`select *, row_start from \`${table}\` for system_time all order by 1, 2, row_start`),
    ),
  );
const readToday = () => Promise.all(tables.map((table) => query(`select * from \`${table}\` order by 1, 2`)));
const countOf = async (sql: string) => Number((await query(sql))[0]?.n);

async function generated(scale: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-shop-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFiles(shopDomain.generate?.({ scale, seed: 7, clean: false }) ?? [], dir);
  return dir;
}

describe("importing again", () => {
  test("the same files changes nothing: no row, no history, no change to mirror", async () => {
    const dir = await generated(0.05);
    const first = await importFrom(dir);
    expect(first.rejects).toBeGreaterThan(0);
    const before = await readShop();
    const changes = await countChanges(database.admin);
    const second = await importFrom(dir);
    expect(await readShop()).toEqual(before);
    expect(await countChanges(database.admin)).toBe(changes);
    expect(second.tables.every((t) => t.inserted + t.updated + t.deleted === 0)).toBe(true);
    expect(second.remarks).toEqual(first.remarks);
  });

  test("corrected files writes the rows that differ, and only those", async () => {
    await importShop();
    const summary = await importShop({
      "customers.csv": (text) => text.replace("Lovelace", "King"),
      "orders.csv": (text) =>
        text.replace("2,0,2005-01-03 12:00:00,", "2,0,2005-01-03 12:00:00,2005-01-09 09:00:00"),
      "orderlines.csv": (text) => text.replace("1,1\n", "1,1\n1,1\n").replace("0,1\n", ""),
    });
    expect(summary.tables.filter((t) => t.inserted + t.updated + t.deleted > 0)).toEqual([
      { table: "customer", inserted: 0, updated: 1, deleted: 0 },
      { table: "order", inserted: 0, updated: 3, deleted: 0 },
      { table: "orderline", inserted: 0, updated: 1, deleted: 1 },
    ]);
    expect(await query("select order_id, subtotal, status from `order`")).toEqual([
      { order_id: 0, subtotal: "85.98", status: "shipped" },
      { order_id: 1, subtotal: "2559.98", status: "cancelled" },
      { order_id: 2, subtotal: "42.99", status: "shipped" },
    ]);
  });

  test("with new prices leaves the price paid alone", async () => {
    await importShop();
    await importShop({ "products.csv": (text) => text.replace("$42.99", "$50") });
    expect(await query("select current_price from product where product_id = 0")).toEqual([
      { current_price: "50.00" },
    ]);
    expect(await query("select distinct unit_price from orderline where product_id = 0")).toEqual([
      { unit_price: "42.99" },
    ]);
    expect(await query("select subtotal from `order` where order_id = 2")).toEqual([{ subtotal: "42.99" }]);
  });

  test("with new prices leaves one row of price history for each, and none where the price is the same", async () => {
    const readHistory = () => query("select product_id, old_price, new_price from price_history");
    await importShop();
    expect(await readHistory()).toEqual([]);
    const changes = { "products.csv": (text: string) => text.replace("$42.99", "$50") };
    const changed = [{ product_id: 0, old_price: "42.99", new_price: "50.00" }];
    await importShop(changes);
    expect(await readHistory()).toEqual(changed);
    await importShop(changes);
    expect(await readHistory()).toEqual(changed);
    // Another name and stock are no other price.
    await importShop({ "products.csv": (text) => text.replace("Chair,$42.99,10", "Stool,$50.00,9") });
    expect(await readHistory()).toEqual(changed);
  });

  test("with a new tax rate taxes the orders anew", async () => {
    await importShop();
    await importShop({ "TAXRATES.csv": (text) => text.replace("0.0825", "0.1") });
    expect(await query("select sales_tax from `order` where order_id = 2")).toEqual([{ sales_tax: "4.30" }]);
  });

  test("keeps what was sold since, and its history is readable as of before", async () => {
    await importShop();
    await query("insert into `order` (order_id, customer_id) values (77, 0)");
    await importShop();
    expect(await countOf("select count(*) as n from `order` where order_id = 77")).toBe(1);
  });
});

describe("bad input", () => {
  test.each<[string, Partial<Record<ShopFile, ShopFileChange>>, string]>([
    ["a missing file", { "orders.csv": null, "products.csv": null }, "lacks orders.csv, products.csv"],
    ["an empty file", { "orders.csv": "" }, "orders.csv, line 1: the file is empty"],
    [
      "a missing column",
      { "orders.csv": "OID,CID,Ordered\n0,0,2005-01-01\n" },
      'orders.csv, line 1: the header lacks "Shipped"',
    ],
    [
      "a missing header",
      { "orderlines.csv": "0,0\n0,1\n" },
      'orderlines.csv, line 1: the header lacks "OID", "PID"',
    ],
    [
      "a header again in another order",
      { "orderlines.csv": (text) => `${text}"PID",oid\n1,2\n` },
      "orderlines.csv, line 7: the header comes again with its columns in another order",
    ],
    ["a doubled column", { "orderlines.csv": "OID,PID,oid\n0,0,0\n" }, 'the column "oid" is there twice'],
    [
      "a binary file",
      { "products.csv": Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]) },
      "products.csv, line 1: this is no text",
    ],
    [
      "bytes that are no text within a file",
      { "products.csv": (text) => `${text}2,\u0000,$1,1\n` },
      "products.csv, line 4: this is no text file",
    ],
    [
      "another encoding",
      { "customers.csv": (text) => Buffer.from(`${text}2,Ren\u00e9e,X,Houston,TX,77001,s,,,\n`, "latin1") },
      "customers.csv, line 4: the text is not UTF-8",
    ],
    [
      "a file cut in the middle of a line",
      { "TAXRATES.csv": (text) => text.slice(0, -12) },
      "TAXRATES.csv ends in the middle of line 3 (5 of 9 columns)",
    ],
  ])("%s is refused with file and row, and nothing is imported", async (_what, changes, message) => {
    await importShop();
    const before = await readShop();
    await expect(importShop(changes)).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: expect.stringContaining(message),
    });
    expect(await readShop()).toEqual(before);
    expect(await countOf("select count(*) as n from vitrine_import_run")).toBe(1);
  });

  test("a missing folder is named", async () => {
    await expect(importFrom("/nowhere/at/all")).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: "The folder /nowhere/at/all does not exist.",
    });
  });

  test("a last line without a line end is loaded with a warning", async () => {
    const summary = await importShop({ "orderlines.csv": (text) => text.trimEnd() });
    expect(summary).toMatchObject({ rejects: 0, warnings: 1 });
    expect(summary.remarks).toMatchObject([{ file: "orderlines.csv", firstRow: 6 }]);
    expect(await countOf("select count(*) as n from orderline")).toBe(4);
  });

  test("an error within a procedure leaves nothing, and the shop's rules are on again", async () => {
    await query(
      "create or replace trigger zz_refuse before insert on orderline for each row signal sqlstate '45000' set message_text = 'refused by a test'",
    );
    onTestFinished(() => query("drop trigger zz_refuse").then(() => undefined));
    await expect(importShop()).rejects.toThrow("refused by a test");
    for (const table of tables) expect(await countOf(`select count(*) as n from \`${table}\``)).toBe(0);
    expect(await query("select @pos_bulk_load as bulk")).toEqual([{ bulk: null }]);
  });

  test("a stopped import leaves nothing", async () => {
    const controller = new AbortController();
    const dir = await generated(0.05);
    const progress = {
      start: (label: string) => {
        if (label.startsWith("Cleaning")) controller.abort();
        return { update: () => {}, end: () => {} };
      },
    };
    await expect(importFrom(dir, { progress, signal: controller.signal })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect(await countOf("select count(*) as n from product")).toBe(0);
  });
});

describe("two imports at once", () => {
  test("take turns and give what one gives", async () => {
    const dir = await generated(0.02);
    await importFrom(dir);
    const before = await readToday();
    await emptyShop(database.admin);
    const summaries = await Promise.all([importFrom(dir), importFrom(dir)]);
    expect(summaries.map((s) => s.tables.some((t) => t.inserted > 0)).sort()).toEqual([false, true]);
    expect(await readToday()).toEqual(before);
    expect(await countOf("select count(*) as n from vitrine_import_run where finished_at is not null")).toBe(
      2,
    );
  });

  test("the second is refused with a clear message when the first takes long", async () => {
    const dir = await writeShopFiles();
    await database.admin.withConnection(async (other) => {
      await other.run("start transaction");
      await other.run(
        "insert into vitrine_lease (lease_name, holder, expires_at) values ('import:pos:files', 'a test', utc_timestamp(3))",
      );
      await expect(importFrom(dir, { lockWaitSeconds: 1 })).rejects.toMatchObject({
        code: "IMPORT_LOCKED",
        message: "The import files of pos is running already. Wait until it has ended.",
      });
      await other.run("rollback");
    });
  });
});
