import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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

const history = () =>
  shop.query(
    "select p.name, h.old_price, h.new_price from price_history h join product p using (product_id) order by price_history_id",
  );
const lines = (orderId: number) =>
  shop.query(
    "select p.name, l.quantity, l.unit_price, l.line_total from orderline l join product p using (product_id) where order_id = ? order by p.name",
    [orderId],
  );

describe("price history", () => {
  test("has one row for each changed price, also with several rows in one statement", async () => {
    await shop.run("update product set current_price = current_price * 2");
    expect(await history()).toEqual([
      { name: "Tea", old_price: "2.50", new_price: "5.00" },
      { name: "Cup", old_price: "1.25", new_price: "2.50" },
    ]);
  });

  test("has no row when something else changes, or the price is set to what it is", async () => {
    await shop.run(
      "update product set name = 'Green tea', available_quantity = 5, current_price = 2.50 where name = 'Tea'",
    );
    await shop.sale("Ada", [["Cup", 1]]);
    expect(await history()).toEqual([]);
  });

  test("has one row for on duplicate key update, and for replace", async () => {
    const id = shop.productId("Tea");
    await shop.run(
      "insert into product (product_id, name, current_price) values (?, 'Tea', 3) on duplicate key update current_price = values(current_price)",
      [id],
    );
    expect(await history()).toEqual([{ name: "Tea", old_price: "2.50", new_price: "3.00" }]);
    const cup = shop.productId("Cup");
    await shop.run("replace into product (product_id, name, current_price) values (?, 'Cup', 9)", [cup]);
    expect((await history()).slice(1)).toEqual([{ name: "Cup", old_price: "1.25", new_price: "9.00" }]);
  });

  test("has no row for a new product", async () => {
    await shop.product("Jug", "7.00");
    expect(await history()).toEqual([]);
  });
});

describe("a new line", () => {
  test("has one piece at the price of today when nothing is said, or less than one is", async () => {
    const order = await shop.sale("Ada");
    const [tea, cup] = [shop.productId("Tea"), shop.productId("Cup")];
    await shop.run("insert into orderline (order_id, product_id) values (?, ?)", [order, tea]);
    await shop.run(
      "insert into orderline (order_id, product_id, quantity, unit_price) values (?, ?, -3, null)",
      [order, cup],
    );
    expect(await lines(order)).toEqual([
      { name: "Cup", quantity: 1, unit_price: "1.25", line_total: "1.25" },
      { name: "Tea", quantity: 1, unit_price: "2.50", line_total: "2.50" },
    ]);
  });

  test("takes defaults in insert … select too", async () => {
    const order = await shop.sale("Ada");
    await shop.run("create or replace table wanted (product_id int) select product_id from product");
    await shop.run("insert into orderline (order_id, product_id) select ?, product_id from wanted", [order]);
    await shop.run("drop table wanted");
    expect((await shop.order(order)).subtotal).toBe("3.75");
  });

  test("keeps a price that is given, 0 too, and later prices alter no line", async () => {
    const order = await shop.sale("Ada", [["Cup", 2]]);
    await shop.run("insert into orderline (order_id, product_id, unit_price) values (?, ?, 0)", [
      order,
      shop.productId("Tea"),
    ]);
    await shop.run("update product set current_price = 99");
    expect(await lines(order)).toEqual([
      { name: "Cup", quantity: 2, unit_price: "1.25", line_total: "2.50" },
      { name: "Tea", quantity: 1, unit_price: "0.00", line_total: "0.00" },
    ]);
  });

  test("of an unknown order or product, or updated to no pieces or a negative price, is refused", async () => {
    const order = await shop.sale("Ada", [["Tea", 1]]);
    await expect(
      shop.run("insert into orderline (order_id, product_id) values (99999, ?)", [shop.productId("Tea")]),
    ).rejects.toMatchObject({ errno: 1452 });
    await expect(
      shop.run("insert into orderline (order_id, product_id) values (?, 99999)", [order]),
    ).rejects.toThrow();
    await expect(shop.run("update orderline set quantity = 0")).rejects.toMatchObject({ errno: 4025 });
    await expect(shop.run("update orderline set unit_price = -1")).rejects.toMatchObject({ errno: 4025 });
    expect(await shop.stock("Tea")).toBe(9);
    expect((await shop.order(order)).subtotal).toBe("2.50");
  });
});
