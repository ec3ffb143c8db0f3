import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Queryable, Row } from "../../../src/stores/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { openShop, type Shop } from "../../support/open-shop.ts";

let database: TestDatabase;
let shop: Shop;
let ada: number;
let tea: number;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await openShop(database.admin);
  ada = await shop.customer("Ada");
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
const lines = (...items: readonly (readonly [productId: unknown, quantity: unknown])[]) =>
  JSON.stringify(items.map(([productId, quantity]) => ({ productId, quantity })));
const countOf = async (table: string) =>
  Number((await shop.query(`select count(*) as n from ${table}`))[0]?.n);

describe("record_sale", () => {
  test("places an order with all its lines and answers its totals", async () => {
    const cup = await shop.product("Cup", "1.25");
    const sale = await call("record_sale", [ada, lines([tea, 3], [cup, 1], [tea, 1])]);
    expect(sale).toMatchObject({ subtotal: "11.25", sales_tax: "0.93", total: "12.18" });
    expect(await shop.stock("Tea")).toBe(6);
  });

  test("leaves nothing of a sale that cannot be, alone or within a transaction that goes on", async () => {
    const cup = await shop.product("Cup", "1.25", 1);
    const tooMuch = lines([tea, 1], [cup, 2]);
    await expect(call("record_sale", [ada, tooMuch])).rejects.toMatchObject({ errno: 30006 });
    expect(await countOf("`order`")).toBe(0);
    await database.admin.withConnection(async (connection) => {
      await connection.run("start transaction");
      await call("record_sale", [ada, lines([tea, 2])], connection);
      await expect(call("record_sale", [ada, tooMuch], connection)).rejects.toMatchObject({ errno: 30006 });
      await connection.run("commit");
    });
    expect(await countOf("`order`")).toBe(1);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([8, 1]);
  });

  test.each<[string, unknown, unknown, number]>([
    ["no customer", null, "[]", 30001],
    ["no lines", 1, null, 30001],
    ["an unknown customer", 99_999, lines([1, 1]), 30003],
    ["a negative customer", -1, lines([1, 1]), 30003],
    ["text that is not JSON", "ada", "[{", 30008],
    ["an object", "ada", '{"productId": 1}', 30008],
    ["an empty array", "ada", "[]", 30008],
    ["more than 1,000 lines", "ada", lines(...Array.from({ length: 1001 }, () => [1, 1] as const)), 30008],
    ["a line without a product", "ada", '[{"quantity": 1}]', 30008],
    ["a line that is no object", "ada", "[7]", 30008],
    ["a product that is no number", "ada", lines(["x", 1]), 30008],
    ["a fraction of a piece", "ada", lines(["tea", 1.5]), 30008],
    ["a quantity of null", "ada", lines(["tea", null]), 30008],
    ["an unknown product", "ada", lines([99_999, 1]), 30004],
    ["no piece", "ada", lines(["tea", 0]), 30002],
    ["less than no piece", "ada", lines(["tea", -1]), 30002],
    ["too many pieces", "ada", lines(["tea", 1_000_001]), 30002],
    ["more pieces than a number holds", "ada", lines(["tea", 99_999_999_999]), 30008],
  ])("refuses %s", async (_what, customer, json, errno) => {
    const text = typeof json === "string" ? json.replaceAll('"tea"', String(tea)) : json;
    await expect(call("record_sale", [customer === "ada" ? ada : customer, text])).rejects.toMatchObject({
      errno,
      sqlState: "45000",
    });
    expect(await countOf("`order`")).toBe(0);
  });
});

describe("add_item", () => {
  test("adds a line, or pieces to the line that is there, at the price paid there", async () => {
    const order = await shop.sale("Ada");
    expect(await call("add_item", [order, tea, 2])).toMatchObject({ quantity: 2, unit_price: "2.50" });
    await shop.run("update product set current_price = 9");
    expect(await call("add_item", [order, tea, 1])).toMatchObject({
      quantity: 3,
      unit_price: "2.50",
      line_total: "7.50",
    });
    expect(await shop.stock("Tea")).toBe(7);
  });

  test.each([
    ["no order", [null, 1, 1], 30001],
    ["no product", ["order", null, 1], 30001],
    ["no quantity", ["order", "tea", null], 30001],
    ["zero pieces", ["order", "tea", 0], 30002],
    ["negative pieces", ["order", "tea", -1], 30002],
    ["too many pieces", ["order", "tea", 1_000_001], 30002],
    ["more than is in stock", ["order", "tea", 11], 30006],
    ["an unknown order", [99_999, "tea", 1], 30005],
    ["an unknown product", ["order", 99_999, 1], 30004],
    ["a shipped order", ["shipped", "tea", 1], 30007],
  ])("refuses %s", async (_what, args, errno) => {
    const order = await shop.sale("Ada");
    const shipped = await shop.sale("Ada");
    await call("ship_order", [shipped]);
    const named = new Map<unknown, unknown>([
      ["order", order],
      ["shipped", shipped],
      ["tea", tea],
    ]);
    await expect(
      call(
        "add_item",
        args.map((arg) => (named.has(arg) ? named.get(arg) : arg)),
      ),
    ).rejects.toMatchObject({ errno });
    expect(await countOf("orderline")).toBe(0);
  });

  test("refuses a number that is too large for its argument", async () => {
    await expect(call("add_item", [99_999_999_999, tea, 1])).rejects.toMatchObject({ errno: 1264 });
  });
});

describe("cancel_order and ship_order", () => {
  test("cancel gives the stock back, ship notes the moment", async () => {
    const order = await shop.sale("Ada", ["Tea", 4]);
    expect(await call("cancel_order", [order])).toEqual({ order_id: order, status: "cancelled" });
    expect(await shop.stock("Tea")).toBe(10);
    const next = await shop.sale("Ada", ["Tea", 1]);
    expect(await call("ship_order", [next])).toMatchObject({
      status: "shipped",
      date_shipped: expect.stringMatching(/^\d{4}-/),
    });
  });

  test.each(["cancel_order", "ship_order"])(
    "%s refuses null, unknown, and closed orders",
    async (procedure) => {
      const order = await shop.sale("Ada", ["Tea", 1]);
      await expect(call(procedure, [null])).rejects.toMatchObject({ errno: 30001 });
      for (const unknown of [-1, 0, 99_999])
        await expect(call(procedure, [unknown])).rejects.toMatchObject({ errno: 30005 });
      await call(procedure, [order]);
      for (const again of ["cancel_order", "ship_order"])
        await expect(call(again, [order])).rejects.toMatchObject({ errno: 30007 });
    },
  );
});

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
    await expect(call("update_price", [99_999, 1])).rejects.toMatchObject({ errno: 30004 });
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
      const order = await shop.sale("Ada", ["Tea", items], ["Cup", 1]);
      await shop.run("update `order` set date_placed = ? where order_id = ?", [`${day} 23:59:59.999`, order]);
    }
    await call("cancel_order", [await shop.sale("Ada", ["Tea", 1])]);
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
    await expect(call("sales_report", ["2024-01-01", "2024-01-02", -5])).rejects.toMatchObject({
      errno: 30004,
    });
  });
});

describe("what was loaded without the rules", () => {
  test("gets prices by fill_unit_price and totals by fill_order_total", async () => {
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
    await shop.run("update orderline set unit_price = 0");
    expect(await call("fill_unit_price", [])).toEqual({ filled: "1" });
    expect(await shop.order(order)).toMatchObject({ subtotal: "7.50", sales_tax: "0.62" });
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
