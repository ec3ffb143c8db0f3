import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  describeRejects,
  emptyWarehouse,
  importTexts,
  readSales,
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

const oltp = "10,100,9.50,2,2020-01-31 10:30:17\n11,101,20,1,2020-02-01 23:59:59\n";
const old = "1,10,100,9.50,2,2020-01-31 10:30\n";
const fresh = "2,11,101,20,1\n";
const all =
  "rowid, product_id, customer_id, price, quantity, timestamp\n1,10,100,9.50,2, 2020-01-31 10:30:17\n7,12,102,5,3, 2021-03-04 05:06:07\n";

const sale = (row: Readonly<Record<string, unknown>>) => ({ is_fact: 1, ...row });
const first = { product_id: 10, customer_id: 100, price: "9.50", quantity: 2 };
const second = { product_id: 11, customer_id: 101, price: "20.00", quantity: 1 };

describe("softcart.md, input files of sales", () => {
  test.each([
    ["oltpdata.csv: no header: product_id, customer_id, price, quantity, YYYY-MM-DD HH:MM:SS", oltp],
    ["oltpdata.csv with a header", `product_id,customer_id,price,quantity,timestamp\n${oltp}`],
    [
      "oltpdata.csv with a byte order mark, and lines ended by CRLF",
      `\u{feff}${oltp.replaceAll("\n", "\r\n")}`,
    ],
  ])("%s", async (_, text) => {
    const summary = await importSales({ "oltpdata.csv": text });
    expect(summary).toMatchObject({ rejects: 0, warnings: 0 });
    expect(await readSales(database.admin)).toEqual([
      sale({ ...first, row_id: null, sold_at: "2020-01-31 10:30:17.000", told_to: "no id" }),
      sale({ ...second, row_id: null, sold_at: "2020-02-01 23:59:59.000", told_to: "no id" }),
    ]);
  });

  test.each([
    ["sales_olddata.csv: rowid and the same fields, time to the minute YYYY-MM-DD HH:MM", old],
    ["sales_olddata.csv: copies in DD/MM/YYYY HH:MM exist", "1,10,100,9.50,2,31/01/2020 10:30\n"],
    ["sales_olddata.csv with seconds of its own", "1,10,100,9.50,2,2020-01-31 10:30:00\n"],
  ])("%s", async (_, text) => {
    await importSales({ "sales_olddata.csv": text });
    expect(await readSales(database.admin)).toMatchObject([
      sale({ ...first, row_id: "1", sold_at: "2020-01-31 10:30:00.000" }),
    ]);
  });

  test("A day before a month is a day: 05/09/2020 is in September", async () => {
    await importSales({ "sales_olddata.csv": "1,10,100,9.50,2,05/09/2020 10:30\n" });
    expect(await query("select date_id from fact_sales")).toEqual([{ date_id: 20200905 }]);
  });

  test("sales_newdata.csv: no time column (load time is used)", async () => {
    const before = new Date();
    await importSales({ "sales_newdata.csv": fresh });
    const [row] = await query("select sold_at, is_timed, loaded_at from softcart_sales");
    expect(row).toMatchObject({ is_timed: 0, sold_at: row?.loaded_at });
    const soldAt = Date.parse(`${String(row?.sold_at).replace(" ", "T")}Z`);
    expect(soldAt).toBeGreaterThanOrEqual(before.getTime() - 1000);
    expect(soldAt).toBeLessThanOrEqual(Date.now() + 1000);
  });

  test("sales.csv: header with stray blanks, a blank before the time value", async () => {
    await importSales({ "sales.csv": all });
    expect(await readSales(database.admin)).toEqual([
      sale({ ...first, row_id: "1", sold_at: "2020-01-31 10:30:17.000", told_to: "second" }),
      sale({
        row_id: "7",
        product_id: 12,
        customer_id: 102,
        price: "5.00",
        quantity: 3,
        sold_at: "2021-03-04 05:06:07.000",
        told_to: "second",
      }),
    ]);
  });

  const inOneState = [
    sale({ ...first, row_id: "1", sold_at: "2020-01-31 10:30:17.000", told_to: "minute" }),
    sale({ ...second, row_id: "2", sold_at: "2020-02-01 23:59:59.000", told_to: "none" }),
  ];
  test.each([
    [
      "old then new then all",
      [{ "sales_olddata.csv": old }, { "sales_newdata.csv": fresh }, { "oltpdata.csv": oltp }],
    ],
    [
      "new then old then all",
      [{ "sales_newdata.csv": fresh }, { "sales_olddata.csv": old }, { "oltpdata.csv": oltp }],
    ],
    ["all first", [{ "oltpdata.csv": oltp }, { "sales_olddata.csv": old }, { "sales_newdata.csv": fresh }]],
    ["all between", [{ "sales_newdata.csv": fresh }, { "oltpdata.csv": oltp }, { "sales_olddata.csv": old }]],
    ["at once", [{ "oltpdata.csv": oltp, "sales_olddata.csv": old, "sales_newdata.csv": fresh }]],
  ] as const)(
    "old + new = the rows of oltpdata, and a known time beats the load time: %s",
    async (_, imports) => {
      for (const files of imports) await importSales(files);
      expect(await readSales(database.admin)).toEqual(inOneState);
      for (const files of imports)
        expect(
          (await importSales(files)).tables.filter((one) => one.inserted + one.updated + one.deleted > 0),
        ).toEqual([]);
      expect(await readSales(database.admin)).toEqual(inOneState);
    },
  );

  test("Equal lines of one file are as many sales, in another file they are the same", async () => {
    const line = "10,100,9.50,2,2020-01-31 10:30:17\n";
    await importSales({ "oltpdata.csv": line.repeat(3) });
    await importSales({ "oltpdata.csv": line.repeat(2) });
    expect(await readSales(database.admin)).toHaveLength(3);
    await importSales({ "oltpdata.csv": line.repeat(4) });
    expect(await readSales(database.admin)).toHaveLength(4);
    await importSales({ "sales_olddata.csv": `${old}2,10,100,9.50,2,2020-01-31 10:30\n` });
    expect((await readSales(database.admin)).map(({ row_id }) => row_id)).toEqual([null, null, "1", "2"]);
  });

  test("Importing the same file again changes nothing, not even the time of a line without one", async () => {
    await importSales({ "sales_newdata.csv": fresh });
    const before = await query("select * from softcart_sales");
    await importSales({ "sales_newdata.csv": fresh });
    expect(await query("select * from softcart_sales")).toEqual(before);
  });

  test("A corrected line corrects the sale and its fact", async () => {
    await importSales({ "sales.csv": all });
    const summary = await importSales({
      "sales.csv": all.replace("9.50,2, 2020-01-31 10:30:17", "8.25,4, 2020-02-01 00:00:00"),
    });
    expect(summary.tables).toContainEqual({ table: "softcart_sales", inserted: 0, updated: 1, deleted: 0 });
    expect(
      await query("select date_id, price, quantity, total_price from fact_sales where row_id = 1"),
    ).toEqual([{ date_id: 20200201, price: "8.25", quantity: 4, total_price: "33.00" }]);
  });

  test("A time that is told to another minute corrects one that was told to the second", async () => {
    await importSales({ "sales.csv": all });
    await importSales({ "sales_olddata.csv": "1,10,100,9.50,2,2020-01-31 10:31\n" });
    expect((await readSales(database.admin))[0]).toMatchObject({ sold_at: "2020-01-31 10:31:00.000" });
  });
});

describe("Bad input", () => {
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
