import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Format, type Row, toteFiles, toteRows } from "../../domains/totesys/tote-files.ts";
import { backOfficeProject, countTote, emptyBackOffice, importTote } from "../../support/back-office.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeRejects } from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: backOfficeProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyBackOffice(database.admin));

const query = (sql: string) => database.admin.query(sql);
const rejects = () => describeRejects(database.admin);
const all = Object.fromEntries(Object.entries(toteRows).map(([table, rows]) => [table, rows.length]));
const versions = async (table: string) =>
  Number((await query(`select count(*) as n from ${table} for system_time all`))[0]?.n);

test.each<Format>(["csv", "json", "ndjson"])("Twelve %s files are loaded as they are", async (format) => {
  const summary = await importTote(database.admin, toteFiles({}, format));
  expect(await rejects()).toEqual([]);
  expect(summary).toMatchObject({ rejects: 0, corrections: 0, warnings: 0 });
  expect(await countTote(database.admin)).toEqual(all);
  expect(await query("select * from sales_order where sales_order_id = 1")).toEqual([
    expect.objectContaining({ unit_price: "2.50", amount: "2500.00", agreed_delivery_on: "2022-11-10" }),
  ]);
  expect(await query("select address_line_2, district from address order by 1")).toEqual([
    { address_line_2: null, district: "Avon" },
    { address_line_2: "B", district: null },
  ]);
  expect(await query("select date_id from dim_date where day = '2022-11-10'")).toEqual([
    { date_id: 20221110 },
  ]);
});

test("Files come in any mix of formats and order of rows, and each table may come by itself", async () => {
  const kinds: readonly Format[] = ["csv", "json", "ndjson"];
  const reversed = Object.fromEntries(
    Object.entries(toteRows).map(([table, rows]) => [table, [...rows].reverse() as readonly Row[]]),
  );
  await importTote(
    database.admin,
    toteFiles(reversed, (table) => kinds[table.length % 3] ?? "csv"),
  );
  expect(await rejects()).toEqual([]);
  expect(await countTote(database.admin)).toEqual(all);
  await emptyBackOffice(database.admin);
  // What is referred to may also have come before.
  for (const [name, text] of Object.entries(toteFiles({}, "json")))
    await importTote(database.admin, { [name]: text });
  expect(await rejects()).toEqual([]);
  expect(await countTote(database.admin)).toEqual(all);
});

test("The same files again change nothing and add no version, whatever their format and notation", async () => {
  await importTote(database.admin, toteFiles());
  const pandas = toteRows.transaction.map((row) => ({
    ...row,
    transaction_id: `${row.transaction_id}.0`,
    sales_order_id: row.sales_order_id === null ? null : `${row.sales_order_id}.0`,
    created_at: "2022-11-03T14:20:49.962000",
    last_updated: "2022-11-03T14:20:49.962Z",
  }));
  for (const files of [toteFiles(), toteFiles({}, "ndjson"), toteFiles({ transaction: pandas })]) {
    const { tables, rejects: refused } = await importTote(database.admin, files);
    expect(refused).toBe(0);
    expect(tables.filter((one) => one.inserted + one.updated + one.deleted > 0)).toEqual([]);
  }
  for (const [table, count] of Object.entries(all)) expect(await versions(table), table).toBe(count);
});

test("A row that changed is a new version; one that is older than what is there does not win, and is told", async () => {
  await importTote(database.admin, toteFiles());
  const [first, second] = toteRows.sales_order;
  const newer = { ...first, units_sold: 7, last_updated: "2022-11-03 15:00:00.000" };
  const older = {
    ...second,
    units_sold: 9,
    last_updated: "2022-11-03 14:20:49.961",
    created_at: "2022-11-01 00:00:00",
  };
  const summary = await importTote(database.admin, toteFiles({ sales_order: [newer, older] }));
  expect(summary.tables.find(({ table }) => table === "sales_order")).toMatchObject({
    inserted: 0,
    updated: 1,
  });
  expect(await rejects()).toEqual([
    "warning sales_order.csv:3 last_updated: is older than the row that is there, which stays",
  ]);
  expect(await query("select units_sold from sales_order order by sales_order_id")).toEqual([
    { units_sold: 7 },
    { units_sold: 3 },
  ]);
  expect(
    await query(
      "select units_sold from sales_order for system_time all where sales_order_id = 1 order by row_end",
    ),
  ).toEqual([{ units_sold: 1000 }, { units_sold: 7 }]);
});

test("Of rows with one id the newest is loaded, wherever it stands, and the others are refused", async () => {
  const [first, second] = toteRows.sales_order;
  const later = { ...first, units_sold: 8, last_updated: "2022-12-01 00:00:00" };
  for (const sales_order of [
    [first, second, later],
    [later, second, first],
  ]) {
    await emptyBackOffice(database.admin);
    await importTote(database.admin, toteFiles({ sales_order }));
    const [line, chosen] = sales_order[0] === later ? [4, 2] : [2, 4];
    expect(await rejects()).toEqual([
      `reject sales_order.csv:${line} sales_order_id: is given again, and was read from line ${chosen}`,
    ]);
    expect(await query("select units_sold from sales_order where sales_order_id = 1")).toEqual([
      { units_sold: 8 },
    ]);
  }
});

test("A word that a cleaning rule knows is loaded right, and listed as a correction", async () => {
  const [first, second] = toteRows.address;
  const address = [{ ...first, city: "Leds", country: "UK" }, second];
  const department = [{ ...toteRows.department[0], location: "Leds" }, toteRows.department[1]];
  const files = toteFiles({ address, department }, (table) => (table === "address" ? "ndjson" : "csv"));
  expect(await importTote(database.admin, files)).toMatchObject({ rejects: 0, corrections: 3 });
  expect((await rejects()).toSorted()).toEqual([
    "correction address.ndjson:1 city: was read as Leeds",
    "correction address.ndjson:1 country: was read as United Kingdom",
    "correction department.csv:2 location: was read as Leeds",
  ]);
  expect(await query("select city, country from address where address_id = 1")).toEqual([
    { city: "Leeds", country: "United Kingdom" },
  ]);
  await importTote(database.admin, files);
  expect([await versions("address"), await versions("department")]).toEqual([2, 2]);
});

test("Two files of one table, of several formats, are refused by name", async () => {
  const files = { ...toteFiles(), ...toteFiles({}, "json") };
  await expect(importTote(database.admin, files)).rejects.toMatchObject({
    code: "IMPORT_INPUT",
    message: expect.stringContaining("currency.csv, currency.json"),
  });
});
