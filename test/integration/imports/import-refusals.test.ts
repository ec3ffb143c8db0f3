import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ImportSummary, importFiles } from "../../../src/imports/import-files.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import {
  type ShopFile,
  type ShopFileChange,
  shopDomain,
  shopProject,
  writeShopFiles,
} from "../../support/shop-files.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyShop(database.admin));

async function importShop(changes: Partial<Record<ShopFile, ShopFileChange>> = {}): Promise<ImportSummary> {
  return importFiles({ admin: database.admin, domain: shopDomain, dir: await writeShopFiles(changes) });
}
const query = (sql: string) => database.admin.query(sql);
/** Every remark as `severity file:line column value – reason`. */
const remarks = async () =>
  (await query("select * from import_reject order by file, `row`, import_reject_id")).map(
    (r) => `${r.severity} ${r.file}:${r.row} ${r.column} ${r.value} – ${r.reason}`,
  );
const append = (line: string) => (text: string) => `${text}${line}\n`;

describe("lines that are refused", () => {
  test.each([
    ["customers.csv", "x,C,D,Houston,TX,77001,s,,,", "ID x – is not a whole number"],
    ["customers.csv", "99999999999,C,D,Houston,TX,77001,s,,,", "ID 99999999999 – is not a whole number"],
    ["customers.csv", "-1,C,D,Houston,TX,77001,s,,,", "ID -1 – is not a whole number"],
    ["customers.csv", "0,C,D,Houston,TX,77001,s,,,", "ID 0 – was already given in line 2"],
    ["customers.csv", "2,  ,D,Houston,TX,77001,s,,,", "FN    – is blank"],
    ["customers.csv", "2,C,,Houston,TX,77001,s,,,", "LN  – is blank"],
    [
      "customers.csv",
      `2,${"C".repeat(101)},D,Houston,TX,77001,s,,,`,
      `FN ${"C".repeat(101)} – is longer than 100 letters`,
    ],
    ["customers.csv", "2,C,D,,TX,77001,s,,,", "CT  – is blank"],
    ["customers.csv", "2,C,D,Houston,Texas,77001,s,,,", "ST Texas – is not a state of two letters"],
    ["customers.csv", "2,C,D,Houston,TX,770011,s,,,", "ZP 770011 – is not a zip of five digits"],
    ["customers.csv", "2,C,D,Houston,TX,77001,s,,,2/30/1980", "BD 2/30/1980 – this month has no such day"],
    ["customers.csv", "2,C,D,Houston,TX,77001,s,,,13/1/1980", "BD 13/1/1980 – is not a date like 12/31/1980"],
    ["customers.csv", "2,C,D,Houston", "null 2,C,D,Houston – 4 columns instead of 10"],
    ["orders.csv", "3,9,2005-01-01 10:00:00,", "CID 9 – there is no such customer, or it was refused"],
    ["orders.csv", "3,0,2005-02-29 10:00:00,", "Ordered 2005-02-29 10:00:00 – this month has no such day"],
    ["orders.csv", "3,0,yesterday,", "Ordered yesterday – is not a time like 2005-12-31 23:59:59"],
    ["orders.csv", "3,0,,", "Ordered  – is not a time like 2005-12-31 23:59:59"],
    [
      "orders.csv",
      "3,0,2005-01-02 10:00:00,2005-01-01 10:00:00",
      "Shipped 2005-01-01 10:00:00 – is before Ordered",
    ],
    [
      "orders.csv",
      "3,0,2005-01-01 10:00:00,soon",
      "Shipped soon – is neither blank nor Cancelled nor a time like 2005-12-31 23:59:59",
    ],
    ["orderlines.csv", "9,0", "OID 9 – there is no such order, or it was refused"],
    ["orderlines.csv", "0,9", "PID 9 – there is no such product, or it was refused"],
    ["orderlines.csv", "0,x", "PID x – is not a whole number"],
    ["products.csv", "2,,$1,1", "Name  – is blank"],
    ["products.csv", "2,Bed,free,1", "Price free – is not an amount of dollars and cents"],
    ["products.csv", 'x,Bed,"$1,00",1', "ID x – is not a whole number"],
    ["products.csv", '2,Bed,"$1,00",1', "Price $1,00 – is not an amount of dollars and cents"],
    ["products.csv", "2,Bed,$1,-1", "Quantity on Hand -1 – is negative"],
    ["products.csv", "2,Bed,$1,many", "Quantity on Hand many – is not a whole number"],
    ["TAXRATES.csv", "TX,77002,X,1.5,0,0,0,0,1", "EstimatedCombinedRate 1.5 – is not a rate from 0 to 1"],
    ["TAXRATES.csv", "TX,7700A,X,0,0,0,0,0,1", "ZipCode 7700A – is not a zip of five digits"],
  ] as const)("%s: %s", async (file, line, remark) => {
    const summary = await importShop({ [file]: append(line) });
    expect(summary.rejects).toBe(1);
    const found = await remarks();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^reject /);
    expect(found[0]?.replace(/^reject \S+:\d+ /, "")).toBe(remark);
    // All the rest is loaded.
    expect(await query("select count(*) as n from orderline")).toEqual([{ n: "4" }]);
  });

  test("take their orders and lines with them, each with its own reason", async () => {
    await importShop({ "customers.csv": (text) => text.replace("Ben,O'Brien", ",") });
    expect(await remarks()).toEqual([
      "reject customers.csv:3 FN  – is blank",
      "reject orderlines.csv:5 OID 1 – there is no such order, or it was refused",
      "reject orders.csv:3 CID 1 – there is no such customer, or it was refused",
    ]);
  });
});
