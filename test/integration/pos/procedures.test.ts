import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Queryable, Row } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { createShop, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
let shop: Shop;
let ada: number;
let tea: number;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await createShop(database.admin);
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

  test("sells a product with the largest number that there is", async () => {
    await shop.run(
      "insert into product (product_id, name, current_price, available_quantity) values (2147483647, 'Urn', 4, 1)",
    );
    expect(await call("record_sale", [ada, lines([2_147_483_647, 1])])).toMatchObject({ subtotal: "4.00" });
    await expect(call("record_sale", [ada, lines([2_147_483_648, 1])])).rejects.toMatchObject({
      errno: 30004,
    });
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
    ["customer 0, which nobody is", 0, lines([1, 1]), 30003],
    ["product 0, which nothing is", "ada", lines([0, 1]), 30004],
    ["a negative product", "ada", lines([-1, 1]), 30004],
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

  test.each<[string, readonly unknown[], number]>([
    ["no order", [null, 1, 1], 30001],
    ["no product", ["order", null, 1], 30001],
    ["no quantity", ["order", "tea", null], 30001],
    ["zero pieces", ["order", "tea", 0], 30002],
    ["negative pieces", ["order", "tea", -1], 30002],
    ["too many pieces", ["order", "tea", 1_000_001], 30002],
    ["more than is in stock", ["order", "tea", 11], 30006],
    ...[-1, 0, 99_999].map((id): [string, unknown[], number] => [`order ${id}`, [id, "tea", 1], 30005]),
    ...[-1, 0, 99_999].map((id): [string, unknown[], number] => [`product ${id}`, ["order", id, 1], 30004]),
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
    const huge = 99_999_999_999;
    const order = await shop.sale("Ada");
    for (const args of [
      [huge, tea, 1],
      [order, huge, 1],
      [order, tea, huge],
    ])
      await expect(call("add_item", args)).rejects.toMatchObject({ errno: 1264 });
    for (const name of ["cancel_order", "ship_order"])
      await expect(call(name, [huge])).rejects.toMatchObject({ errno: 1264 });
    await expect(call("record_sale", [huge, lines([tea, 1])])).rejects.toMatchObject({ errno: 1264 });
  });
});

describe("cancel_order and ship_order", () => {
  test("cancel gives the stock back, ship notes the moment", async () => {
    const order = await shop.sale("Ada", [["Tea", 4]]);
    expect(await call("cancel_order", [order])).toEqual({ order_id: order, status: "cancelled" });
    expect(await shop.stock("Tea")).toBe(10);
    const next = await shop.sale("Ada", [["Tea", 1]]);
    expect(await call("ship_order", [next])).toMatchObject({
      status: "shipped",
      date_shipped: expect.stringMatching(/^\d{4}-/),
    });
  });

  test.each(["cancel_order", "ship_order"])(
    "%s refuses null, unknown, and closed orders",
    async (procedure) => {
      const order = await shop.sale("Ada", [["Tea", 1]]);
      await expect(call(procedure, [null])).rejects.toMatchObject({ errno: 30001 });
      for (const unknown of [-1, 0, 99_999])
        await expect(call(procedure, [unknown])).rejects.toMatchObject({ errno: 30005 });
      await call(procedure, [order]);
      for (const again of ["cancel_order", "ship_order"])
        await expect(call(again, [order])).rejects.toMatchObject({ errno: 30007 });
    },
  );
});

test("the account of mutations sells by what is offered, and cannot call its parts past the rules", async () => {
  const order = await shop.sale("Ada", [["Tea", 1]]);
  expect(await call("record_sale", [ada, lines([tea, 2])], database.writer)).toMatchObject({
    subtotal: "5.00",
  });
  const before = [await shop.order(order), await shop.stock("Tea")];
  for (const [part, args] of [
    ["change_subtotal", [order, 999]],
    ["take_stock", [tea, -1000]],
    ["add_purchase", [ada, tea]],
    ["drop_purchase", [ada, tea]],
    ["import_products", []],
  ] as const)
    await expect(call(part, args, database.writer), part).rejects.toMatchObject({ errno: 1370 });
  expect([await shop.order(order), await shop.stock("Tea")]).toEqual(before);
});
