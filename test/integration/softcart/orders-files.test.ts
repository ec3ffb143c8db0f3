import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeRejects, emptyWarehouse, importTexts, warehouseProject } from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const importOrders = (files: Readonly<Record<string, string>>) =>
  importTexts(database.admin, "orders", files);
const query = (sql: string) => database.admin.query(sql);
const readRejects = () => describeRejects(database.admin);
const readOrders = () =>
  query("select order_id, date_id, country_id, category_id, amount from fact_orders order by 1");
const readCodes = () => query("select source_date_id, date_id from fact_orders_date order by 1");

const dateHeader = "dateid,date,Year,Quarter,QuarterName,Month,Monthname,Day,Weekday,WeekdayName";
/** 2020-01-01 to 2020-01-31 as dateids from 366, days and months swapped where possible. */
const january = Array.from({ length: 31 }, (_, index) => {
  const day = index + 1;
  const date = new Date(day <= 12 ? Date.UTC(2020, index, 1) : Date.UTC(2020, 0, day));
  const [month, shown] = [date.getUTCMonth() + 1, date.getUTCDate()];
  const quarter = Math.ceil(month / 3);
  const nameOf = (part: "month" | "weekday") =>
    new Intl.DateTimeFormat("en", { [part]: "long", timeZone: "UTC" }).format(date);
  const weekday = ((date.getUTCDay() + 6) % 7) + 1;
  return `${366 + index},${date.toISOString().slice(0, 10)},2020,${quarter},Q${quarter},${month},${nameOf("month")},${shown},${weekday},${nameOf("weekday")}`;
});
const files = {
  "DimDate.csv": `${dateHeader}\n${january.join("\n")}\n`,
  "DimCategory.csv": "\u{feff}categoryid,category\n1,Books\n2,Toys\n",
  "DimCountry.csv": "\u{feff}countryid,country\n1,Chile\n2,Peru\n",
  "FactSales.csv":
    "orderid,dateid,countryid,categoryid,amount\n1,366,1,2,8\n2,368,2,1,8000\n3,396,1,1,12.5\n",
};
const orders = [
  { order_id: "1", date_id: 20200101, country_id: 1, category_id: 2, amount: "8.00" },
  { order_id: "2", date_id: 20200103, country_id: 2, category_id: 1, amount: "8000.00" },
  { order_id: "3", date_id: 20200131, country_id: 1, category_id: 1, amount: "12.50" },
];

describe("softcart.md, files of orders", () => {
  test("FactSales.csv: orderid, dateid, countryid, categoryid, amount; DimCategory.csv, DimCountry.csv (BOM)", async () => {
    expect(await importOrders(files)).toMatchObject({ rejects: 0 });
    expect(await readOrders()).toEqual(orders);
    expect(await query("select category_id, name from dim_category")).toEqual([
      { category_id: 1, name: "Books" },
      { category_id: 2, name: "Toys" },
    ]);
    expect(await query("select name from dim_country order by 1")).toEqual([
      { name: "Chile" },
      { name: "Peru" },
    ]);
  });

  test("The rows of DimDate.csv that contradict the calendar are reported row by row, and our own are used", async () => {
    await importOrders(files);
    expect(await readRejects()).toEqual(
      Array.from(
        { length: 11 },
        (_, i) => `warning DimDate.csv:${i + 3} contradicts the calendar, whose day is used`,
      ),
    );
    expect(await query("select `row`, value from vitrine_import_reject where `row` in (3, 6)")).toEqual([
      {
        row: "3",
        value:
          "date 2020-02-01 is 2020-01-02, Month 2 is 1, Monthname February is January, Day 1 is 2, Weekday 6 is 4, WeekdayName Saturday is Thursday",
      },
      {
        row: "6",
        value:
          "date 2020-05-01 is 2020-01-05, Quarter 2 is 1, QuarterName Q2 is Q1, Month 5 is 1, Monthname May is January, Day 1 is 5, Weekday 5 is 7, WeekdayName Friday is Sunday",
      },
    ]);
    expect(await query("select count(*) as n from dim_date where year = 2020")).toEqual([{ n: "366" }]);
    expect((await readCodes())[30]).toEqual({ source_date_id: 396, date_id: 20200131 });
  });

  test("the last day of a quarter carries the next one: it is reported, and what else it says", async () => {
    const text = files["DimDate.csv"].replace(/^396,.*$/m, "396,2020-01-31,2020,2,Q2,1,Jan,31,5,Fri");
    await importOrders({ ...files, "DimDate.csv": text });
    expect(await query("select value from vitrine_import_reject where `row` = 32")).toEqual([
      { value: "Quarter 2 is 1, QuarterName Q2 is Q1, Monthname Jan is January, WeekdayName Fri is Friday" },
    ]);
  });

  test("Importing the same file again changes nothing", async () => {
    await importOrders(files);
    const summary = await importOrders(files);
    expect(summary.tables.filter((one) => one.inserted + one.updated + one.deleted > 0)).toEqual([]);
    expect(summary.warnings).toBe(11);
    expect(await readOrders()).toEqual(orders);
  });

  test("Facts alone come in later, and correct what is there", async () => {
    await importOrders(files);
    const summary = await importOrders({
      "FactSales.csv":
        "orderid,dateid,countryid,categoryid,amount\n1,367,1,2,9\n4,366,2,2,10\n3,396,1,1,12.50\n",
    });
    expect(summary.tables).toContainEqual({ table: "fact_orders", inserted: 1, updated: 1, deleted: 0 });
    expect(await readOrders()).toMatchObject([
      { date_id: 20200102, amount: "9.00" },
      {},
      {},
      { order_id: "4" },
    ]);
  });

  test("A dateid may be a day itself, with or without DimDate.csv", async () => {
    await importOrders({
      "DimCategory.csv": files["DimCategory.csv"],
      "DimCountry.csv": files["DimCountry.csv"],
      "FactSales.csv": "orderid,dateid,countryid,categoryid,amount\n1,20240229,1,2,8\n2,20230229,1,2,8\n",
    });
    expect(await readOrders()).toMatchObject([{ date_id: 20240229 }]);
    expect(await readRejects()).toEqual([
      "reject FactSales.csv:3 dateid: is no day, and no DimDate.csv has told which day it means",
    ]);
  });

  test("Dates of few lines mean what the sources told before; at first nobody knows", async () => {
    const few = { "DimDate.csv": `${dateHeader}\n${january.slice(1, 9).join("\n")}\n` };
    await expect(importOrders(few)).rejects.toMatchObject({
      code: "IMPORT_REFUSED",
      message: expect.stringContaining("no ten lines agree which day it means"),
    });
    await importOrders(files);
    const codes = await readCodes();
    expect(await importOrders(few)).toMatchObject({ rejects: 0, warnings: 8 });
    expect(await readCodes()).toEqual(codes);
  });

  test("A country is renamed, and no two have one name", async () => {
    await importOrders(files);
    await importOrders({
      "DimCountry.csv": "countryid,country\n1,Chile\n2, Perú \n3,Chile\n4,\n2,Peru\nx,Y\n",
    });
    expect(await query("select country_id, name from dim_country order by 1")).toEqual([
      { country_id: 1, name: "Chile" },
      { country_id: 2, name: "Perú" },
    ]);
    expect(await readRejects()).toEqual([
      "reject DimCountry.csv:4 country: was already given in line 2",
      "reject DimCountry.csv:5 country: is blank",
      "reject DimCountry.csv:6 countryid: was already given in line 3",
      "reject DimCountry.csv:7 countryid: is not a whole number of 9 digits at most",
    ]);
    await importOrders({ "DimCountry.csv": "countryid,country\n9,Chile\n8,Cuba\n" });
    expect(await readRejects()).toEqual(["reject DimCountry.csv:2 country: another id has this name"]);
  });
});

describe("Bad input", () => {
  test.each([
    ["an unknown country", "9,366,99,1,8", "countryid: there is no such country, or it was refused"],
    ["an unknown category", "9,366,1,99,8", "categoryid: there is no such category, or it was refused"],
    ["an unknown date", "9,999,1,1,8", "dateid: is no day, and no DimDate.csv has told which day it means"],
    [
      "a day outside any calendar",
      "9,99991231,1,1,8",
      "dateid: is no day, and no DimDate.csv has told which day it means",
    ],
    [
      "an amount out of range",
      "9,366,1,1,12345678901",
      "amount: has more than 10 digits before the decimals",
    ],
    ["a negative amount", "9,366,1,1,-8", "amount: is not an amount with two decimals at most"],
    ["an order that is no number", "x,366,1,1,8", "orderid: is not a whole number of 18 digits at most"],
    ["a date that is no number", "9,2020-01-01,1,1,8", "dateid: is not a whole number of 8 digits at most"],
    [
      "a country that is no number",
      "9,366,Chile,1,8",
      "countryid: is not a whole number of 9 digits at most",
    ],
    ["a category that is no number", "9,366,1,,8", "categoryid: is not a whole number of 9 digits at most"],
    ["an order again", "1,366,1,1,8", "orderid: was already given in line 2"],
    ["a column more", "9,366,1,1,8,8", "6 columns instead of 5"],
    ["a column less", "9,366,1,1", "4 columns instead of 5"],
  ])("%s costs its line only", async (_, line, reason) => {
    await importOrders({ ...files, "FactSales.csv": `${files["FactSales.csv"]}${line}\n` });
    expect((await readRejects()).filter((text) => text.startsWith("reject"))).toEqual([
      `reject FactSales.csv:5 ${reason}`,
    ]);
    expect(await readOrders()).toEqual(orders);
  });

  test("A dateid that comes again or leads outside the calendar is refused", async () => {
    const text = `${files["DimDate.csv"]}${january[0]}\n5000000${january[1]?.slice(3)}\nx${january[1]?.slice(3)}\n`;
    await importOrders({ ...files, "DimDate.csv": text });
    expect((await readRejects()).filter((one) => one.startsWith("reject"))).toEqual([
      "reject DimDate.csv:33 dateid: was already given in line 2",
      "reject DimDate.csv:34 dateid: is a day outside the calendar, which has the years 1583 to 2999",
      "reject DimDate.csv:35 dateid: is not a whole number of 8 digits at most",
    ]);
  });

  test.each([
    ["empty", (_: string) => "", "the file is empty"],
    ["cut", (text: string) => text.slice(0, text.lastIndexOf(",")), "ends in the middle of line"],
    ["of another dialect", (text: string) => text.replaceAll(",", ";"), "the header lacks"],
  ])("Each file that is %s imports nothing", async (_, spoil, message) => {
    for (const [file, text] of Object.entries(files)) {
      await expect(importOrders({ ...files, [file]: spoil(text) }), file).rejects.toMatchObject({
        code: "IMPORT_INPUT",
        message: expect.stringContaining(message),
      });
    }
    expect(await query("select 1 from dim_country union all select 1 from dim_date")).toEqual([]);
  });

  test("A folder without any of the files is refused", async () => {
    await expect(importOrders({ "Other.csv": "x\n" })).rejects.toMatchObject({ code: "IMPORT_INPUT" });
  });
});
