import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Queryable, Row } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { createShop, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
let shop: Shop;
let tea: number;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await createShop(database.admin);
  await shop.customer("Ada");
  tea = await shop.product("Tea", "2.50", 10);
});

/** The row that a procedure answers. */
async function call(
  procedure: string,
  args: readonly unknown[],
  db: Queryable = database.admin,
): Promise<Row> {
  const sets = await db.query<Row[]>(`call ${procedure}(${args.map(() => "?").join(", ")})`, args);
  return sets[0]?.[0] ?? {};
}
const countOf = async (table: string) =>
  Number((await shop.query(`select count(*) as n from ${table}`))[0]?.n);

describe("update_price", () => {
  test("sets a price with one row of history, none when it is the same", async () => {
    expect(await call("update_price", [tea, "3.10"])).toMatchObject({ current_price: "3.10" });
    await call("update_price", [tea, "3.10"]);
    expect(await shop.query("select old_price, new_price from price_history")).toEqual([
      { old_price: "2.50", new_price: "3.10" },
    ]);
    await call("update_price", [tea, "0"]);
    expect(await countOf("price_history")).toBe(2);
  });

  test("refuses null, negative, unknown and too large", async () => {
    await expect(call("update_price", [null, 1])).rejects.toMatchObject({ errno: 30001 });
    await expect(call("update_price", [tea, null])).rejects.toMatchObject({ errno: 30001 });
    await expect(call("update_price", [tea, -0.01])).rejects.toMatchObject({ errno: 30002 });
    for (const unknown of [-1, 0, 99_999])
      await expect(call("update_price", [unknown, 1])).rejects.toMatchObject({ errno: 30004 });
    await expect(call("update_price", [99_999_999_999, 1])).rejects.toMatchObject({ errno: 1264 });
    await expect(call("update_price", [tea, "100000000"])).rejects.toMatchObject({ errno: 1264 });
  });
});

describe("sales_report", () => {
  test("counts both days, one product or all, and no cancelled order", async () => {
    await shop.product("Cup", "1.25");
    for (const [day, items] of [
      ["2024-01-31", 1],
      ["2024-02-01", 2],
      ["2024-02-29", 3],
    ] as const) {
      const order = await shop.sale("Ada", [
        ["Tea", items],
        ["Cup", 1],
      ]);
      await shop.run("update `order` set date_placed = ? where order_id = ?", [`${day} 23:59:59.999`, order]);
    }
    await shop.sale("Ada", [["Tea", 1]], { placed: "2024-02-10 10:00:00", cancelled: true });
    expect(await call("sales_report", ["2024-02-01", "2024-02-29", tea])).toEqual({
      quantity_sold: "5",
      total_amount: "12.50",
    });
    expect(await call("sales_report", ["2024-02-01", "2024-02-29", null])).toEqual({
      quantity_sold: "7",
      total_amount: "15.00",
    });
    expect(await call("sales_report", ["2030-01-01", "2030-01-01", tea])).toEqual({
      quantity_sold: "0",
      total_amount: "0.00",
    });
  });

  test("refuses a missing day, reversed days and an unknown product", async () => {
    await expect(call("sales_report", [null, "2024-01-01", tea])).rejects.toMatchObject({ errno: 30001 });
    await expect(call("sales_report", ["2024-01-01", null, tea])).rejects.toMatchObject({ errno: 30001 });
    await expect(call("sales_report", ["2024-01-02", "2024-01-01", tea])).rejects.toMatchObject({
      errno: 30009,
    });
    for (const unknown of [-5, 0, 99_999])
      await expect(call("sales_report", ["2024-01-01", "2024-01-02", unknown])).rejects.toMatchObject({
        errno: 30004,
      });
    for (const args of [
      ["2024-02-30", "2024-03-01", tea],
      ["2024-01-01", "99999-01-01", tea],
    ])
      await expect(call("sales_report", args)).rejects.toMatchObject({ errno: 1292 });
    await expect(call("sales_report", ["2024-01-01", "2024-01-02", 99_999_999_999])).rejects.toMatchObject({
      errno: 1264,
    });
  });
});

describe("what was loaded without the rules", () => {
  test("gets totals by fill_order_total", async () => {
    const order = await shop.sale("Ada");
    await database.admin.withConnection(async (connection) => {
      await connection.run("set @pos_bulk_load = 1");
      await connection.run(
        "insert into orderline (order_id, product_id, quantity, unit_price) values (?, ?, 3, 2)",
        [order, tea],
      );
      await connection.run("set @pos_bulk_load = null");
    });
    expect((await shop.order(order)).total).toBe("0.00");
    expect(await call("fill_order_total", [])).toEqual({ filled: 1 });
    expect(await shop.order(order)).toMatchObject({ subtotal: "6.00", sales_tax: "0.50" });
    expect(await call("fill_order_total", [])).toEqual({ filled: 0 });
  });

  test("lines without a price get that of today by fill_unit_price, once; a line given away stays free", async () => {
    const [given, loaded] = [await shop.sale("Ada", [["Tea", 1, "0.00"]]), await shop.sale("Ada")];
    const cup = await shop.product("Cup", "1.25");
    const jug = await shop.product("Jug", "7.00");
    const fill = "insert into orderline (order_id, product_id, quantity, unit_price) values ?";
    await database.admin.withConnection(async (connection) => {
      await connection.run("set @pos_bulk_load = 1");
      await connection.run(fill, [
        [
          [loaded, tea, 3, null],
          [loaded, cup, 1, 0],
          [loaded, jug, 1, "5.00"],
        ],
      ]);
      // Not loaded, since they are there: nothing says that they lack a price.
      await connection.run(fill.replace("insert", "insert ignore"), [
        [
          [given, tea, 1, null],
          [loaded, cup, 1, null],
        ],
      ]);
      await connection.run("set @pos_bulk_load = null");
    });
    const prices = () => shop.query("select order_id, product_id, unit_price from orderline order by 1, 2");
    const priced = (first: string) => [
      { order_id: given, product_id: tea, unit_price: "0.00" },
      { order_id: loaded, product_id: tea, unit_price: first },
      { order_id: loaded, product_id: cup, unit_price: "0.00" },
      { order_id: loaded, product_id: jug, unit_price: "5.00" },
    ];
    expect(await prices()).toEqual(priced("0.00"));
    await call("fill_order_total", []);
    expect(await call("fill_unit_price", [])).toEqual({ filled: 1 });
    expect(await prices()).toEqual(priced("2.50"));
    expect(await shop.order(loaded)).toMatchObject({ subtotal: "12.50", sales_tax: "1.03" });
    await call("update_price", [tea, "99.00"]);
    await shop.run("update orderline set unit_price = 0 where order_id = ? and product_id = ?", [
      loaded,
      tea,
    ]);
    expect(await call("fill_unit_price", [])).toEqual({ filled: 0 });
    expect(await prices()).toEqual(priced("0.00"));
  });
});

describe("title_case", () => {
  test.each([
    ["ada LOVELACE", "Ada Lovelace"],
    ["o'brien", "O'Brien"],
    ["jean-luc d'arcy", "Jean-Luc D'Arcy"],
    ["don't  stop", "Don't  Stop"],
    ["éva şahin", "Éva Şahin"],
    ["", ""],
    [null, null],
  ])("%j becomes %j", async (text, expected) => {
    expect(await shop.query("select title_case(?) as t", [text])).toEqual([{ t: expected }]);
  });
});
