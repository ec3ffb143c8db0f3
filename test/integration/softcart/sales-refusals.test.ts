import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  describeRejects,
  emptyWarehouse,
  importTexts,
  readSales,
  saleFiles,
  warehouseProject,
} from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const importSales = (files: Readonly<Record<string, string | Buffer>>) =>
  importTexts(database.admin, "sales", files);
const query = (sql: string) => database.admin.query(sql);
const readRejects = () => describeRejects(database.admin);

const { oltp, old, fresh, all } = saleFiles;

describe("Bad input of sales", () => {
  test.each<[string, string, string]>([
    [
      "a price out of range",
      "1,1,123456789,1,2020-01-01 00:00:00",
      "price: has more than 8 digits before the decimals",
    ],
    ["a negative price", "1,1,-1,1,2020-01-01 00:00:00", "price: is not an amount with two decimals at most"],
    [
      "three decimals",
      "1,1,1.234,1,2020-01-01 00:00:00",
      "price: is not an amount with two decimals at most",
    ],
    [
      "no piece",
      "1,1,1,0,2020-01-01 00:00:00",
      "quantity: is not a whole number above 0 of 9 digits at most",
    ],
    [
      "a product that is no number",
      "x,1,1,1,2020-01-01 00:00:00",
      "product_id: is not a whole number of 9 digits at most",
    ],
    [
      "a customer of ten digits",
      "1,1234567890,1,1,2020-01-01 00:00:00",
      "customer_id: is not a whole number of 9 digits at most",
    ],
    [
      "a time without a time",
      "1,1,1,1,2020-01-01",
      "timestamp: is not a time like 2020-12-31 23:59:59 or 31/12/2020 23:59",
    ],
    ["no time", "1,1,1,1,", "timestamp: is not a time like 2020-12-31 23:59:59 or 31/12/2020 23:59"],
    [
      "the time of a sale without row id, told to the minute",
      "10,100,9.50,2,2020-01-31 10:30",
      "timestamp: has no seconds, which tell a sale without a row id from others",
    ],
    [
      "such a time with the day first",
      "10,100,9.50,2,31/01/2020 10:30",
      "timestamp: has no seconds, which tell a sale without a row id from others",
    ],
    [
      "a day that its month lacks",
      "1,1,1,1,2021-02-29 00:00:00",
      "timestamp: is a day that this month does not have",
    ],
    ["a month that no year has", "1,1,1,1,2021-13-01 00:00:00", "timestamp: is a day of no month"],
    [
      "the year 0",
      "1,1,1,1,0000-01-01 00:00:00",
      "timestamp: is a day outside the calendar, which has the years 1583 to 2999",
    ],
    [
      "the year 9999",
      "1,1,1,1,9999-12-31 00:00:00",
      "timestamp: is a day outside the calendar, which has the years 1583 to 2999",
    ],
    ["a column more", "1,1,1,1,2020-01-01 00:00:00,9", "6 columns instead of 5"],
    ["a column less", "1,1,1,2020-01-01 00:00:00", "4 columns instead of 5"],
  ])("%s costs its line only", async (_, line, reason) => {
    const summary = await importSales({ "oltpdata.csv": `${oltp}${line}\n` });
    expect(summary.rejects).toBe(1);
    expect(await readRejects()).toEqual([`reject oltpdata.csv:3 ${reason}`]);
    expect(await readSales(database.admin)).toHaveLength(2);
  });

  test("A last line that may be cut is refused where no row id could correct it", async () => {
    const cut = oltp.slice(0, -4);
    await importSales({ "oltpdata.csv": cut, "sales_newdata.csv": fresh.trimEnd() });
    expect(await readRejects()).toEqual([
      "reject oltpdata.csv:2 the file may be cut here: end this line by a line end, and import it again",
      "warning oltpdata.csv:2 the last line has no line end: the file may be cut here",
      "warning sales_newdata.csv:1 the last line has no line end: the file may be cut here",
    ]);
    await importSales({ "oltpdata.csv": oltp });
    expect(await readSales(database.admin)).toHaveLength(2);
  });

  test("A row id that comes again, or says otherwise in another file, is refused", async () => {
    await importSales({
      "sales_olddata.csv": `${old}1,10,100,9.50,2,2020-01-31 10:30\n0,1,1,1,1,2020-01-01 00:00\nx,1,1,1,1,2020-01-01 00:00\n`,
      "sales.csv": all.replace("9.50", "9.51"),
    });
    expect(await readRejects()).toEqual([
      "reject sales.csv:2 rowid: another file says otherwise of this sale",
      "reject sales_olddata.csv:2 rowid: was already given in line 1",
      "reject sales_olddata.csv:3 rowid: is not a whole number above 0 of 18 digits at most",
      "reject sales_olddata.csv:4 rowid: is not a whole number above 0 of 18 digits at most",
    ]);
    expect(await readSales(database.admin)).toHaveLength(2);
  });

  test("Another time of a sale in another file is refused", async () => {
    await importSales({ "sales_olddata.csv": old, "sales.csv": all.replace("10:30:17", "10:31:17") });
    expect(await readRejects()).toEqual([
      "reject sales.csv:2 timestamp: another file tells another time of this sale",
    ]);
  });

  test.each<[string, Readonly<Record<string, string | Buffer>>, string, string]>([
    ["no file at all", {}, "IMPORT_INPUT", "oltpdata.csv"],
    ["an empty file", { "oltpdata.csv": "" }, "IMPORT_INPUT", "oltpdata.csv, line 1: the file is empty"],
    [
      "a file that is cut",
      { "oltpdata.csv": oltp.slice(0, -25) },
      "IMPORT_INPUT",
      "oltpdata.csv ends in the middle of line 2",
    ],
    [
      "another dialect",
      { "oltpdata.csv": oltp.replaceAll(",", ";") },
      "IMPORT_REFUSED",
      "Every line of oltpdata.csv was refused",
    ],
    [
      "another header",
      { "sales.csv": all.replace("rowid", "id") },
      "IMPORT_INPUT",
      'the header lacks "rowid"',
    ],
    ["no header", { "sales.csv": all.slice(all.indexOf("\n") + 1) }, "IMPORT_INPUT", "the header lacks"],
    [
      "a column more in each line",
      { "oltpdata.csv": oltp.replaceAll("\n", ",1\n") },
      "IMPORT_REFUSED",
      "6 columns instead of 5",
    ],
  ])("%s imports nothing", async (_, files, code, message) => {
    await expect(importSales(files)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(await query("select 1 from softcart_sales")).toEqual([]);
    expect(await query("select 1 from dim_date")).toEqual([]);
  });

  test("A file that is missing this time leaves nothing of the last time behind", async () => {
    await query(
      "insert into staging_sales_newdata (`row_number`, row_id, product_id, customer_id, price, quantity) values (1, 99, 1, 1, 1, 1)",
    );
    await importSales({ "oltpdata.csv": oltp });
    expect(await readSales(database.admin)).toHaveLength(2);
  });
});
