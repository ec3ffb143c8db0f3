import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ShopFile, type ShopFileChange, writeShopFiles } from "../../support/shop-files.ts";
import { openShopImports } from "../../support/shop-imports.ts";

const { importFrom, importShop, query, remarks } = openShopImports();

const isEmpty = async () => {
  const tables = ["sales_tax", "product", "city", "customer", "`order`", "orderline", "vitrine_import_run"];
  for (const table of tables)
    expect(await query(`select count(*) as n from ${table}`), table).toEqual([{ n: "0" }]);
};

describe("an import that is refused as a whole", () => {
  test.each<[ShopFile, ShopFileChange, string]>([
    [
      "products.csv",
      (text) => text.replaceAll("$", "free "),
      'Price is not an amount of dollars and cents (first in line 2: "free 42.99")',
    ],
    ["customers.csv", (text) => text.replaceAll(/(\d{5}),/g, "zip $1,"), "ZP is not a zip of five digits"],
    [
      "orders.csv",
      (text) => text.replaceAll(/2005-(\d\d)-(\d\d)/g, "$2.$1.2005"),
      "Ordered is not a time like",
    ],
    ["orderlines.csv", "OID;PID,PID,OID\n0;1,x,0\n", "orderlines.csv PID is not a whole number"],
    ["TAXRATES.csv", (text) => text.replaceAll("0.", "0,"), "13 columns instead of 9"],
  ])("is one of which no line of a file was loaded: %s", async (file, change, reason) => {
    await expect(importShop({ [file]: change })).rejects.toMatchObject({
      code: "IMPORT_REFUSED",
      exitCode: 65,
      message: expect.stringMatching(
        new RegExp(`^Every line of .*${file.replace(".", "[.]")}.* was refused`),
      ),
    });
    await expect(importShop({ [file]: change })).rejects.toThrow(reason);
    await isEmpty();
  });

  test("is one with a refused line, for who asks for all or nothing", async () => {
    const changes = { "orderlines.csv": (text: string) => `${text}0,x\n` };
    await expect(importShop(changes, { strict: true })).rejects.toMatchObject({
      code: "IMPORT_REFUSED",
      message:
        "1 line was refused, and --strict allows none. Nothing was imported.\n" +
        '  reject     1 × orderlines.csv PID is not a whole number (first in line 7: "x")',
      details: { rejects: [{ file: "orderlines.csv", column: "PID", firstRow: 7 }] },
    });
    await isEmpty();
    expect(await importShop(changes)).toMatchObject({ rejects: 1 });
    // Corrections and warnings are no refusals.
    const warned = { "customers.csv": (text: string) => text.replace("ada@example.com", "ada") };
    expect(await importShop(warned, { strict: true })).toMatchObject({ rejects: 0, warnings: 1 });
  });
});

describe("the folder", () => {
  test("with two files whose names differ in case is refused, and both are named", async () => {
    const dir = await writeShopFiles();
    await writeFile(join(dir, "Orders.csv"), "OID,CID,Ordered,Shipped\n");
    await expect(importFrom(dir)).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: `The folder ${dir} has Orders.csv, orders.csv: names that differ in case only. Leave one of each.`,
    });
    await rm(join(dir, "orders.csv"));
    await rename(join(dir, "Orders.csv"), join(dir, "ORDERS.CSV"));
    await writeFile(join(dir, "orderlines.csv"), "OID,PID\n");
    expect(await importFrom(dir)).toMatchObject({ rejects: 0 });
  });

  test("may hold no folder, and no link to nowhere, in the place of a file", async () => {
    const dir = await writeShopFiles({ "orders.csv": null, "products.csv": null });
    await mkdir(join(dir, "orders.csv"));
    await mkdir(join(dir, "products.csv"));
    await expect(importFrom(dir)).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: `In the folder ${dir} these are no files: orders.csv, products.csv.`,
    });
    const other = await writeShopFiles({ "orders.csv": null });
    await symlink("nowhere", join(other, "orders.csv"));
    await expect(importFrom(other)).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: "orders.csv cannot be read (ENOENT).",
    });
  });

  test("may be no file", async () => {
    const dir = await writeShopFiles();
    await expect(importFrom(join(dir, "orders.csv"))).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: `The folder ${join(dir, "orders.csv")} is no folder.`,
    });
  });
});

describe("what is no line", () => {
  test("blank records are passed over, of any number of columns", async () => {
    const summary = await importShop({
      "orders.csv": (text) => `${text},,,\n, ,"",\t\n\n,,,,,,\r\n`,
      "orderlines.csv": (text) => text.replace("1,1\n", ",\n1,1\n"),
    });
    expect(summary).toMatchObject({ rejects: 0, warnings: 0 });
    expect(summary.files.map(({ rows }) => rows)).toEqual([2, 3, 5, 2, 2]);
  });

  test("a header that comes again is passed over, with a byte order mark, quoted, in other case", async () => {
    const summary = await importShop({
      "orders.csv": (text) =>
        `${text}\u{feff}OID,CID,Ordered,Shipped\n3,0,2005-01-04 12:00:00,\noid,cid,ORDERED,shipped\r\n` +
        '\u{feff}4,0,2005-01-05 12:00:00,\n"OID", CID ,"Ordered","Shipped"\n',
    });
    expect(summary).toMatchObject({ rejects: 0 });
    expect(await query("select order_id from `order` where order_id > 2")).toEqual([
      { order_id: 3 },
      { order_id: 4 },
    ]);
  });
});

describe("moments are compared as moments", () => {
  const order = (ordered: string, shipped: string) => ({
    "orders.csv": (text: string) => `${text}3,0,${ordered},${shipped}\n`,
  });
  test.each([
    ["2005-01-03 12:00:00Z", "2005-01-03 12:00:00", "2005-01-03 12:00:00.000"],
    ["2005-01-03 12:00:00Z", "2005-01-03 12:00:00.500Z", "2005-01-03 12:00:00.500"],
    ["2005-01-03 12:00:00", "2005-01-03 12:00", "2005-01-03 12:00:00.000"],
    ["2005-01-03T12:00:00.000", "2005-01-03 12:00:00", "2005-01-03 12:00:00.000"],
    ["2005-01-03", "2005-01-03 00:00", "2005-01-03 00:00:00.000"],
  ])("ordered %s, shipped %s: loaded", async (ordered, shipped, stored) => {
    expect(await importShop(order(ordered, shipped))).toMatchObject({ rejects: 0, corrections: 0 });
    expect(await query("select date_shipped from `order` where order_id = 3")).toEqual([
      { date_shipped: stored },
    ]);
  });

  test.each([
    ["2005-01-03 12:00:00", "2005-01-03 11:59:59.999"],
    ["2005-01-03T12:00", "2005-01-03 11:59:59"],
    ["2005-01-03 12:00:00.000001", "2005-01-03 12:00:00Z"],
    ["2005-01-03 00:00", "2005-01-02"],
  ])("ordered %s, shipped %s: refused", async (ordered, shipped) => {
    await importShop(order(ordered, shipped));
    expect(await remarks()).toEqual([`reject orders.csv:5 Shipped ${shipped} – is before Ordered`]);
  });

  test("a day of shipping without a time is not before an order of that day, and is said to be mended", async () => {
    await importShop(order("2005-01-03 12:00:00Z", "2005-01-03"));
    expect(await query("select date_shipped from `order` where order_id = 3")).toEqual([
      { date_shipped: "2005-01-03 12:00:00.000" },
    ]);
    expect(await remarks()).toEqual([
      "correction orders.csv:5 Shipped 2005-01-03 – has no time of day: taken as the moment of the order",
    ]);
  });
});

test("a zip with blanks around it is the zip", async () => {
  await importShop({
    "TAXRATES.csv": (text) => text.replace("77001", " 77001 ").replace(",678,", ",  678,"),
  });
  expect(await query("select zip from sales_tax order by zip")).toEqual([{ zip: "00678" }, { zip: "77001" }]);
});

test("names that show nothing, birth dates to come and e-mail without @ are loaded with a warning", async () => {
  await importShop({
    "customers.csv": (text) =>
      `${text}2,\u200b,\u00a0\u3164,Houston,TX,77001,s,,ada.example.com,12/31/2999\n` +
      "3,🙂,李,Houston,TX,77001,s,,a@b,1/1/1980\n4,\u0301e,-,Houston,TX,77001,s,,,\n",
    "products.csv": (text) => `${text}2,\u2060\u00ad,$1,1\n3,…,$1,1\n`,
  });
  expect(await remarks()).toEqual([
    "warning customers.csv:4 FN \u200b – shows nothing: all its characters are invisible",
    "warning customers.csv:4 LN \u00a0\u3164 – shows nothing: all its characters are invisible",
    "warning customers.csv:4 BD 12/31/2999 – is in the future",
    "warning customers.csv:4 EM ada.example.com – has no @",
    "warning products.csv:4 Name \u2060\u00ad – shows nothing: all its characters are invisible",
  ]);
  expect(await query("select count(*) as n from customer")).toEqual([{ n: "5" }]);
});
