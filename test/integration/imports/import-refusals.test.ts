import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { append, openShopImports } from "../../support/shop-imports.ts";

const { database, importShop, query, remarks } = openShopImports();

/** A line of a file, and the column, value and reason that refuse it. */
const refused = [
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
  ["customers.csv", "2,C\tC,D,Houston,TX,77001,s,,,", "FN C\tC – has control characters"],
  ["customers.csv", "2,C,D\u001eD,Houston,TX,77001,s,,,", "LN D\u001eD – has control characters"],
  [
    "customers.csv",
    `2,C,${"D".repeat(101)},Houston,TX,77001,s,,,`,
    `LN ${"D".repeat(101)} – is longer than 100 letters`,
  ],
  [
    "customers.csv",
    `2,C,D,${"é".repeat(101)},TX,77001,s,,,`,
    `CT ${"é".repeat(101)} – is longer than 100 letters`,
  ],
  [
    "customers.csv",
    `2,C,D,Houston,TX,77001,${"s".repeat(201)},,,`,
    `S1 ${"s".repeat(201)} – is longer than 200 letters`,
  ],
  [
    "customers.csv",
    `2,C,D,Houston,TX,77001,s,${"t".repeat(201)},,`,
    `S2 ${"t".repeat(201)} – is longer than 200 letters`,
  ],
  [
    "customers.csv",
    `2,C,D,Houston,TX,77001,s,,${"e".repeat(255)},`,
    `EM ${"e".repeat(255)} – is longer than 254 letters`,
  ],
  ["orders.csv", "x,0,2005-01-01 10:00:00,", "OID x – is not a whole number"],
  ["orders.csv", "3,-1,2005-01-01 10:00:00,", "CID -1 – is not a whole number"],
  ["orders.csv", "2,0,2005-01-01 10:00:00,", "OID 2 – was already given in line 4"],
  [
    "orders.csv",
    "3,0,2005-01-01 10:00:00,2005-02-30 10:00:00",
    "Shipped 2005-02-30 10:00:00 – this month has no such day",
  ],
  ["orderlines.csv", "x,0", "OID x – is not a whole number"],
  ["products.csv", "2,A\u0007B,$1,1", "Name A\u0007B – has control characters"],
  ["products.csv", `2,${"P".repeat(201)},$1,1`, `Name ${"P".repeat(201)} – is longer than 200 letters`],
  ["products.csv", "1,Bed,$1,1", "ID 1 – was already given in line 3"],
  ["products.csv", "2,Bed,$100000000,1", "Price $100000000 – is 100 million or more"],
  ["products.csv", '2,Bed,"$100,000,000.00",1', "Price $100,000,000.00 – is 100 million or more"],
  ["TAXRATES.csv", "Texas,77002,X,0,0,0,0,0,1", "State Texas – is not a state of two letters"],
  [
    "TAXRATES.csv",
    `TX,77002,${"X".repeat(101)},0,0,0,0,0,1`,
    `TaxRegionName ${"X".repeat(101)} – is longer than 100 letters`,
  ],
  ["TAXRATES.csv", "TX,77002,X,,0,0,0,0,1", "EstimatedCombinedRate  – is not a rate from 0 to 1"],
  ["TAXRATES.csv", "TX,77002,X,0,1.01,0,0,0,1", "StateRate 1.01 – is not a rate from 0 to 1"],
  ["TAXRATES.csv", "TX,77002,X,0,0,-0.1,0,0,1", "EstimatedCountyRate -0.1 – is not a rate from 0 to 1"],
  ["TAXRATES.csv", "TX,77002,X,0,0,0,5%,0,1", "EstimatedCityRate 5% – is not a rate from 0 to 1"],
  ["TAXRATES.csv", "TX,77002,X,0,0,0,0,1e-2,1", "EstimatedSpecialRate 1e-2 – is not a rate from 0 to 1"],
  ["TAXRATES.csv", "TX,77002,X,0,0,0,0,0,high", "RiskLevel high – is not a whole number below 100"],
  ["TAXRATES.csv", "TX,77002,X,0,0,0,0,0,100", "RiskLevel 100 – is not a whole number below 100"],
  ["TAXRATES.csv", "TX,77001,X,0,0,0,0,0,1", "ZipCode 77001 – was already given in line 2"],
  ["TAXRATES.csv", "PR,00678,X,0,0,0,0,0,1", "ZipCode 00678 – was already given in line 3"],
] as const;

describe("lines that are refused", () => {
  test.each(refused)("%s: %s", async (file, line, remark) => {
    const summary = await importShop({ [file]: append(line) });
    expect(summary.rejects).toBe(1);
    const found = await remarks();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^reject /);
    expect(found[0]?.replace(/^reject \S+:\d+ /, "")).toBe(remark);
    // All the rest is loaded.
    expect(await query("select count(*) as n from orderline")).toEqual([{ n: "4" }]);
  });

  test("have no reason that is not tried here", async () => {
    const dir = join(database.sqlDir, "procedures/pos");
    const files = (await readdir(dir)).filter((name) => /^(?:judge|import)_/.test(name));
    const texts = await Promise.all(files.map((name) => readFile(join(dir, name), "utf8")));
    const reasons = texts
      .flatMap((text) => [...text.matchAll(/(?:then|,|=)\s+(?:concat\()?'([A-Z][A-Za-z ]*): ([^']+)'/g)])
      .map(([, column = "", reason = ""]) => ({ column, reason: reason.trimEnd() }));
    expect(reasons.length).toBeGreaterThan(40);
    for (const { column, reason } of reasons)
      expect(
        refused.some(([, , remark]) => remark.startsWith(`${column} `) && remark.includes(` – ${reason}`)),
        `${column}: ${reason}`,
      ).toBe(true);
  });

  test("take their orders and lines with them, each with its own reason", async () => {
    await importShop({ "customers.csv": (text) => text.replace("Ben,O'Brien", ",") });
    expect(await remarks()).toEqual([
      "reject customers.csv:3 FN  – is blank",
      "reject orderlines.csv:5 OID 1 – there is no such order, or it was refused",
      "reject orders.csv:3 CID 1 – there is no such customer, or it was refused",
    ]);
  });

  test("are not the longest that there may be: names, streets, an e-mail, a price, a rate", async () => {
    const letters = (length: number) => "é".repeat(length);
    const summary = await importShop({
      "customers.csv": append(
        `2,${letters(100)},${letters(100)},Houston,TX,77001,${letters(200)},${letters(200)},${letters(254)},2/29/2000`,
      ),
      "products.csv": append(`2,${letters(200)},"$99,999,999.99",999999999`),
      "TAXRATES.csv": append(`TX,77002,${letters(100)},1,1.0,.5,0.12345,0,99`),
    });
    expect(summary.rejects).toBe(0);
    expect(await query("select current_price, available_quantity from product where product_id = 2")).toEqual(
      [{ current_price: "99999999.99", available_quantity: 999_999_999 }],
    );
    expect(
      await query("select char_length(email) as n, birthdate from customer where customer_id = 2"),
    ).toEqual([{ n: 254, birthdate: "2000-02-29" }]);
    expect(
      await query("select combined_rate, county_rate, city_rate from sales_tax where zip = '77002'"),
    ).toEqual([{ combined_rate: "1.00000", county_rate: "0.50000", city_rate: "0.12345" }]);
  });

  test.each([
    ["customers.csv", `2,${"C".repeat(700)},D,Houston,TX,77001,s,,,`, "FN", "is longer than 500 letters"],
    ["products.csv", `2,${"é".repeat(501)},$1,1`, "Name", "is longer than 500 letters"],
    ["products.csv", `2,Bed${" ".repeat(600)}Room,$1,1`, "Name", "is longer than 500 letters"],
    ["orderlines.csv", `2,1${" ".repeat(600)}1`, "PID", "is longer than 500 letters"],
  ] as const)("that are far too long are so, and not cut to fit: %s", async (file, line, column, reason) => {
    await importShop({ [file]: append(line) });
    expect(await query("select `column`, reason from vitrine_import_reject")).toEqual([{ column, reason }]);
  });
});
