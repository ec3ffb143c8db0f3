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

type Files = Readonly<Record<string, string>>;
const importSales = (files: Files) => importTexts(database.admin, "sales", files);
const query = (sql: string) => database.admin.query(sql);
const readIds = async () => (await readSales(database.admin)).map(({ row_id }) => row_id);

const header = "rowid, product_id, customer_id, price, quantity, timestamp\n";
const oltp = "10,100,9.50,2,2020-01-31 10:30:17\n";
const told: Readonly<Record<string, Files>> = {
  "to the second": { "sales.csv": `${header}1,10,100,9.50,2,2020-01-31 10:30:17\n` },
  "to the minute": { "sales_olddata.csv": saleFiles.old },
  "without a time": { "sales_newdata.csv": "1,10,100,9.50,2\n" },
};
const corrections: Readonly<Record<string, Files>> = {
  "its price": { "sales.csv": `${header}1,10,100,8.25,2,2020-01-31 10:30:17\n` },
  "its product and time": { "sales.csv": `${header}1,12,100,9.50,2,2020-03-01 11:00:00\n` },
};
const cases = Object.keys(told).flatMap((how) =>
  Object.keys(corrections).map((what) => [how, what] as const),
);

describe("A sale that is told otherwise later is no second sale", () => {
  test.each(cases)("told %s, then %s is corrected", async (how, what) => {
    const [before, corrected] = [told[how] ?? {}, corrections[what] ?? {}];
    const till = { "oltpdata.csv": oltp };
    for (const files of [
      [till, before, corrected],
      [before, till, corrected],
      [before, corrected, till],
    ]) {
      await emptyWarehouse(database.admin);
      for (const one of files) await importSales(one);
      expect(await readIds()).toEqual(["1"]);
      const sale = await readSales(database.admin);
      // The same files again change nothing, in any order.
      for (const one of [till, corrected, { ...till, ...corrected }]) {
        const { tables } = await importSales(one);
        expect(tables.filter((table) => table.inserted + table.updated + table.deleted > 0)).toEqual([]);
      }
      expect(await readSales(database.admin)).toEqual(sale);
    }
  });

  test("nor is one whose time alone is corrected, or that is corrected by plain SQL, or twice", async () => {
    const exact = told["to the second"] ?? {};
    await importSales({ ...exact, "oltpdata.csv": oltp });
    await importSales({ "sales.csv": `${header}1,10,100,9.50,2,2020-02-01 00:00:00\n` });
    expect(await readIds()).toEqual(["1"]);
    await query("update softcart_sales set price = 7 where row_id = 1");
    await importSales({ "oltpdata.csv": oltp });
    expect(await readIds()).toEqual(["1"]);
    await importSales(exact);
    await importSales({ "oltpdata.csv": oltp });
    expect(await readSales(database.admin)).toMatchObject([
      { row_id: "1", price: "9.50", sold_at: "2020-01-31 10:30:17.000", is_fact: 1 },
    ]);
  });

  test("but a sale like what it was is one, and so is a time that is told more exactly", async () => {
    await importSales({ ...told["to the minute"], "oltpdata.csv": oltp });
    await importSales(corrections["its price"] ?? {});
    await importSales({ "oltpdata.csv": oltp.repeat(2) });
    expect(await readIds()).toEqual([null, "1"]);
    await importSales({ "sales_newdata.csv": "2,10,100,9.50,2\n" });
    expect(await readIds()).toEqual(["1", "2"]);

    await emptyWarehouse(database.admin);
    await importSales({ ...told["to the minute"], "oltpdata.csv": oltp });
    await importSales({ "sales.csv": `${header}1,10,100,9.50,2,2020-01-31 10:30:45\n` });
    expect(await readIds()).toEqual([null, "1"]);
  });
});

describe("A sale whose row id nobody knows", () => {
  test.each([
    "price = 7",
    "quantity = 3",
    "product_id = 9",
    "customer_id = 9",
    "sold_at = '2021-01-01'",
    "told_to = 'second'",
  ])("is not changed by plain SQL (%s): the next import would tell it again", async (change) => {
    await importSales({ "oltpdata.csv": oltp });
    const before = await readSales(database.admin);
    await expect(query(`update softcart_sales set ${change}`)).rejects.toMatchObject({
      errno: 32002,
      message: expect.stringContaining("Import its row id first"),
    });
    await query("update softcart_sales set price = price");
    expect(await readSales(database.admin)).toEqual(before);
    expect((await importSales({ "oltpdata.csv": oltp })).tables).toContainEqual({
      table: "softcart_sales",
      inserted: 0,
      updated: 0,
      deleted: 0,
    });
  });

  test("may be deleted, and comes back when a file tells it again", async () => {
    await importSales({ "oltpdata.csv": oltp });
    await query("delete from softcart_sales");
    await importSales({ "oltpdata.csv": oltp });
    expect(await readIds()).toEqual([null]);
  });
});
