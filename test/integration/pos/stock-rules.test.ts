import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { createShop, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await createShop(database.admin);
  await shop.customer("Ada");
  await shop.product("Tea", "2.50", 10);
  await shop.product("Cup", "1.25", 10);
});

const outOfStock = { errno: 30006, sqlState: "45000" };

describe("stock", () => {
  test("goes down when sold, is judged by the difference when changed, comes back when deleted", async () => {
    const order = await shop.sale("Ada", [
      ["Tea", 8],
      ["Cup", 1],
    ]);
    expect(await shop.stock("Tea")).toBe(2);
    // 8 → 10 needs 2 more, and 2 are there.
    await shop.run("update orderline set quantity = 10 where order_id = ? and quantity = 8", [order]);
    expect(await shop.stock("Tea")).toBe(0);
    await shop.run("update orderline set quantity = 3 where quantity = 10");
    expect(await shop.stock("Tea")).toBe(7);
    await shop.run("delete from orderline where order_id = ?", [order]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 10]);
  });

  test("refuses more than there is, and the whole statement leaves nothing", async () => {
    const order = await shop.sale("Ada", [["Tea", 9]]);
    const [tea, cup] = [shop.productId("Tea"), shop.productId("Cup")];
    await expect(shop.run("update orderline set quantity = 11")).rejects.toMatchObject(outOfStock);
    const next = await shop.sale("Ada");
    await expect(
      shop.run("insert into orderline (order_id, product_id, quantity) values ?", [
        [
          [next, cup, 3],
          [next, tea, 2],
        ],
      ]),
    ).rejects.toMatchObject(outOfStock);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([1, 10]);
    expect([(await shop.order(order)).subtotal, (await shop.order(next)).subtotal]).toEqual([
      "22.50",
      "0.00",
    ]);
  });

  test("moves once in insert … on duplicate key update, insert ignore, and replace", async () => {
    const order = await shop.sale("Ada", [["Tea", 2]]);
    const tea = shop.productId("Tea");
    await shop.run(
      "insert into orderline (order_id, product_id, quantity) values (?, ?, 3) on duplicate key update quantity = quantity + values(quantity)",
      [order, tea],
    );
    expect([await shop.stock("Tea"), (await shop.order(order)).subtotal]).toEqual([5, "12.50"]);
    await shop.run("insert ignore into orderline (order_id, product_id, quantity) values (?, ?, 4)", [
      order,
      tea,
    ]);
    expect([await shop.stock("Tea"), (await shop.order(order)).subtotal]).toEqual([5, "12.50"]);
    await shop.run("replace into orderline (order_id, product_id, quantity) values (?, ?, 1)", [order, tea]);
    expect([await shop.stock("Tea"), (await shop.order(order)).subtotal]).toEqual([9, "2.50"]);
  });

  test("follows a line that is moved to another product or order", async () => {
    const order = await shop.sale("Ada", [["Tea", 4]]);
    const next = await shop.sale("Ada");
    await shop.run("update orderline set product_id = ?, quantity = 3 where order_id = ?", [
      shop.productId("Cup"),
      order,
    ]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 7]);
    await shop.run("update orderline set order_id = ? where order_id = ?", [next, order]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 7]);
    expect([(await shop.order(order)).subtotal, (await shop.order(next)).subtotal]).toEqual(["0.00", "7.50"]);
    await expect(
      shop.run("update orderline set product_id = ?, quantity = 11", [shop.productId("Tea")]),
    ).rejects.toMatchObject(outOfStock);
  });

  test("comes back from a cancelled order, and is taken again when the order is taken up, if it is there", async () => {
    const order = await shop.sale("Ada", [
      ["Tea", 7],
      ["Cup", 2],
    ]);
    await shop.run("update `order` set status = 'cancelled' where order_id = ?", [order]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 10]);
    await shop.run("update orderline set quantity = 9 where quantity = 7");
    await shop.run("delete from orderline where quantity = 2");
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 10]);
    const other = await shop.sale("Ada", [["Tea", 2]]);
    await expect(
      shop.run("update `order` set status = 'placed' where order_id = ?", [order]),
    ).rejects.toMatchObject(outOfStock);
    await shop.run("delete from orderline where order_id = ?", [other]);
    await shop.run("update `order` set status = 'placed' where order_id = ?", [order]);
    expect(await shop.stock("Tea")).toBe(1);
  });

  test("of the last piece goes to exactly one of two connections", async () => {
    await shop.product("Vase", "10.00", 1);
    const sell = () =>
      database.admin.transaction(async (connection) => shop.on(connection).sale("Ada", [["Vase", 1]]));
    const outcomes = await Promise.allSettled([sell(), sell()]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find((outcome) => outcome.status === "rejected")).toMatchObject({ reason: outOfStock });
    expect(await shop.stock("Vase")).toBe(0);
    expect(await shop.query("select count(*) as n from orderline")).toEqual([{ n: "1" }]);
  });

  test("is sold by eight terminals at once without one deadlock, and no piece is lost", async () => {
    await shop.run("update product set available_quantity = 100000");
    const terminals = openMariaDb(database.mariadbUrl, { size: 8 });
    const terminal = async () => {
      for (let i = 0; i < 40; i++)
        await terminals.transaction((connection) =>
          shop.on(connection).sale("Ada", [
            ["Tea", 1],
            ["Cup", 2],
          ]),
        );
    };
    await Promise.all(Array.from({ length: 8 }, terminal)).finally(() => terminals.close());
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([99_680, 99_360]);
  });
});
