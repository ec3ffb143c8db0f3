import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { emptyWarehouse, importTexts, readSales, warehouseProject } from "../../support/warehouse.ts";

const seed = readTestSeed();

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: warehouseProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyWarehouse(database.admin));

const query = (sql: string, values: readonly unknown[] = []) => database.admin.query(sql, [...values]);
const columns = "(row_id, product_id, customer_id, price, quantity, sold_at)";
const readFacts = () => query("select * from fact_sales order by row_id");

/** What the facts must be, from the sales alone. */
const readExpected = () =>
  query(
    `select row_id, cast(date_format(sold_at, '%Y%m%d') as int) as date_id, product_id, customer_id, price, quantity,
      cast(price * quantity as decimal(20,2)) as total_price
    from softcart_sales order by row_id`,
  );

describe("softcart.md: fact_sales, built by SQL from softcart_sales, incrementally, idempotently, nothing lost", () => {
  test("A sale that is inserted, replaced, changed or deleted by plain SQL is so as a fact at once", async () => {
    await query(`insert into softcart_sales ${columns} values (5, 1, 2, 3.25, 4, '2020-01-01 10:00:00')`);
    expect(await readFacts()).toEqual([
      {
        row_id: "5",
        date_id: 20200101,
        product_id: 1,
        customer_id: 2,
        price: "3.25",
        quantity: 4,
        total_price: "13.00",
      },
    ]);
    await query(`replace into softcart_sales ${columns} values (5, 1, 2, 4, 4, '2020-01-02 10:00:00')`);
    await query(
      `insert into softcart_sales ${columns} values (5, 9, 9, 9, 9, '2021-01-01') on duplicate key update quantity = 7`,
    );
    expect(await readFacts()).toMatchObject([{ date_id: 20200102, quantity: 7, total_price: "28.00" }]);
    await query(
      "update softcart_sales set sold_at = '2022-06-30 00:00:00', price = 99999999.99, quantity = 2147483647",
    );
    expect(await readFacts()).toMatchObject([{ date_id: 20220630, total_price: "214748364678525163.53" }]);
    await query("delete from softcart_sales");
    expect(await readFacts()).toEqual([]);
  });

  test(`Any writes leave the facts equal to the sales (seed ${seed})`, async () => {
    const id = fc.integer({ min: 1, max: 6 });
    const write = fc.oneof(
      fc.tuple(fc.constant("insert ignore into"), id, fc.integer({ min: 0, max: 900 })),
      fc.tuple(fc.constant("replace into"), id, fc.integer({ min: 0, max: 900 })),
      fc.tuple(fc.constant("update"), id, fc.integer({ min: 0, max: 900 })),
      fc.tuple(fc.constant("delete"), id, fc.constant(0)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 15 }), async (writes) => {
        await emptyWarehouse(database.admin);
        for (const [verb, row, n] of writes) {
          const soldAt = new Date(Date.UTC(2019, 0, 1) + n * 97_000_000)
            .toISOString()
            .slice(0, 19)
            .replace("T", " ");
          if (verb === "delete") await query("delete from softcart_sales where row_id = ?", [row]);
          else if (verb === "update")
            await query("update softcart_sales set price = ?, sold_at = ? where row_id >= ?", [
              n / 4,
              soldAt,
              row,
            ]);
          else
            await query(`${verb} softcart_sales ${columns} values (?, ?, 1, ?, 2, ?)`, [
              row,
              n,
              n / 4,
              soldAt,
            ]);
        }
        expect(await readFacts()).toEqual(await readExpected());
      }),
      { seed, numRuns: 10 },
    );
  });

  test("A sale keeps its row id", async () => {
    await query(`insert into softcart_sales ${columns} values (5, 1, 2, 3, 4, '2020-01-01 10:00:00')`);
    await expect(query("update softcart_sales set row_id = 6")).rejects.toThrow("A sale keeps its row id.");
    await expect(query("update ignore softcart_sales set row_id = 6")).rejects.toThrow(
      "A sale keeps its row id.",
    );
    expect(await readFacts()).toMatchObject([{ row_id: "5" }]);
  });

  test.each([
    ["outside the calendar", "'3000-01-01 00:00:00'", "30000101 is a day outside the calendar"],
    ["0000-00-00", "'0000-00-00 00:00:00'", "0 is a day outside the calendar"],
  ])("A sale of a day %s is refused whole", async (_, soldAt, reason) => {
    await expect(
      query(`insert into softcart_sales ${columns} values (5, 1, 2, 3, 4, ${soldAt})`),
    ).rejects.toThrow(reason);
    expect(await query("select 1 from softcart_sales")).toEqual([]);
  });

  test("A time that somebody sets by SQL stays, also when a file without times comes again", async () => {
    const files = { "sales_newdata.csv": "2,11,101,20,1\n" };
    await importTexts(database.admin, "sales", files);
    await query("update softcart_sales set sold_at = '2020-05-05 05:05:05'");
    await importTexts(database.admin, "sales", files);
    expect(await readSales(database.admin)).toMatchObject([
      { row_id: "2", sold_at: "2020-05-05 05:05:05.000", is_fact: 1 },
    ]);
  });

  test("A sale of plain SQL and the same sale in a file without row ids are one", async () => {
    await query(`insert into softcart_sales ${columns} values (5, 1, 2, 3, 4, '2020-01-01 10:00:00.123')`);
    await importTexts(database.admin, "sales", { "oltpdata.csv": "1,2,3,4,2020-01-01 10:00:00\n" });
    expect(await readSales(database.admin)).toMatchObject([
      { row_id: "5", sold_at: "2020-01-01 10:00:00.123" },
    ]);
  });

  test("Late increments after any pause lose nothing", async () => {
    await importTexts(database.admin, "sales", { "sales_newdata.csv": "900,1,1,1,1\n" });
    await importTexts(database.admin, "sales", { "sales_olddata.csv": "3,1,1,1,1,2019-01-01 00:00\n" });
    await importTexts(database.admin, "sales", { "sales_olddata.csv": "1,1,1,1,1,2018-01-01 00:00\n" });
    expect((await readFacts()).map(({ row_id }) => row_id)).toEqual(["1", "3", "900"]);
    expect(await readFacts()).toEqual(await readExpected());
  });
});
