import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
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

const { oltp, old, fresh, all } = saleFiles;

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
    ["sales_olddata.csv by a program that fills in seconds", "1,10,100,9.50,2,31/01/2020 10:30:00\n"],
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

  test("Seconds of 0 in sales_olddata.csv are none: another program wrote the minute out", async () => {
    await importSales({ "sales_olddata.csv": old.replace("10:30", "10:30:00"), "oltpdata.csv": oltp });
    const once = sale({ ...first, row_id: "1", sold_at: "2020-01-31 10:30:17.000", told_to: "minute" });
    expect((await readSales(database.admin)).filter(({ product_id }) => product_id === 10)).toEqual([once]);
    await importSales({ "sales.csv": all });
    expect(await readSales(database.admin)).toContainEqual({ ...once, told_to: "second" });
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
