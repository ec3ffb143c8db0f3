import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openMariaDb } from "../../../src/stores/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { openShop, type Shop, shopOn } from "../../support/open-shop.ts";

let database: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await openShop(database.admin);
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
const outOfStock = { errno: 30006, sqlState: "45000" };

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
    await shop.sale("Ada", ["Cup", 1]);
    expect(await history()).toEqual([]);
  });

  test("has one row for on duplicate key update, and for replace", async () => {
    const id = await shop.productId("Tea");
    await shop.run(
      "insert into product (product_id, name, current_price) values (?, 'Tea', 3) on duplicate key update current_price = values(current_price)",
      [id],
    );
    expect(await history()).toEqual([{ name: "Tea", old_price: "2.50", new_price: "3.00" }]);
    const cup = await shop.productId("Cup");
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
    const [tea, cup] = [await shop.productId("Tea"), await shop.productId("Cup")];
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
    const order = await shop.sale("Ada", ["Cup", 2]);
    await shop.run("insert into orderline (order_id, product_id, unit_price) values (?, ?, 0)", [
      order,
      await shop.productId("Tea"),
    ]);
    await shop.run("update product set current_price = 99");
    expect(await lines(order)).toEqual([
      { name: "Cup", quantity: 2, unit_price: "1.25", line_total: "2.50" },
      { name: "Tea", quantity: 1, unit_price: "0.00", line_total: "0.00" },
    ]);
  });

  test("of an unknown order or product, or updated to no pieces or a negative price, is refused", async () => {
    const order = await shop.sale("Ada", ["Tea", 1]);
    await expect(
      shop.run("insert into orderline (order_id, product_id) values (99999, ?)", [
        await shop.productId("Tea"),
      ]),
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

describe("stock", () => {
  test("goes down when sold, is judged by the difference when changed, comes back when deleted", async () => {
    const order = await shop.sale("Ada", ["Tea", 8], ["Cup", 1]);
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
    const order = await shop.sale("Ada", ["Tea", 9]);
    const [tea, cup] = [await shop.productId("Tea"), await shop.productId("Cup")];
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
    const order = await shop.sale("Ada", ["Tea", 2]);
    const tea = await shop.productId("Tea");
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
    const order = await shop.sale("Ada", ["Tea", 4]);
    const next = await shop.sale("Ada");
    await shop.run("update orderline set product_id = ?, quantity = 3 where order_id = ?", [
      await shop.productId("Cup"),
      order,
    ]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 7]);
    await shop.run("update orderline set order_id = ? where order_id = ?", [next, order]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 7]);
    expect([(await shop.order(order)).subtotal, (await shop.order(next)).subtotal]).toEqual(["0.00", "7.50"]);
    await expect(
      shop.run("update orderline set product_id = ?, quantity = 11", [await shop.productId("Tea")]),
    ).rejects.toMatchObject(outOfStock);
  });

  test("comes back from a cancelled order, and is taken again when the order is taken up, if it is there", async () => {
    const order = await shop.sale("Ada", ["Tea", 7], ["Cup", 2]);
    await shop.run("update `order` set status = 'cancelled' where order_id = ?", [order]);
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 10]);
    await shop.run("update orderline set quantity = 9 where quantity = 7");
    await shop.run("delete from orderline where quantity = 2");
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([10, 10]);
    const other = await shop.sale("Ada", ["Tea", 2]);
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
      database.admin.transaction(async (connection) => shopOn(connection).sale("Ada", ["Vase", 1]));
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
        await terminals.transaction((connection) => shopOn(connection).sale("Ada", ["Tea", 1], ["Cup", 2]));
    };
    await Promise.all(Array.from({ length: 8 }, terminal)).finally(() => terminals.close());
    expect([await shop.stock("Tea"), await shop.stock("Cup")]).toEqual([99_680, 99_360]);
  });
});

describe("totals", () => {
  test("are the sum of the lines and the tax of the customer's zip, rounded half up", async () => {
    const order = await shop.sale("Ada", ["Tea", 3], ["Cup", 1]);
    // 8.75 × 0.0825 = 0.721875
    expect(await shop.order(order)).toEqual({
      status: "placed",
      subtotal: "8.75",
      sales_tax: "0.72",
      total: "9.47",
    });
    await shop.customer("Cal", { state: "CA" });
    await shop.product("Half", "0.10");
    // 0.10 × 0.095 = 0.0095; 0.30 × 0.095 = 0.0285; 10 × 0.095 = 0.95: halves of a cent go up.
    await shop.run("update sales_tax set combined_rate = 0.05 where zip = ?", [shop.zip("CA")]);
    const half = await shop.sale("Cal", ["Half", 1]);
    expect((await shop.order(half)).sales_tax).toBe("0.01");
    const more = await shop.sale("Cal", ["Half", 3]);
    expect((await shop.order(more)).sales_tax).toBe("0.02");
  });

  test("have no tax where the zip has no rate", async () => {
    await shop.customer("Oz", { state: "OR" });
    expect(await shop.order(await shop.sale("Oz", ["Tea", 2]))).toMatchObject({
      sales_tax: "0.00",
      total: "5.00",
    });
  });

  test("fit an order of 15,000 at 12.95 %, and one of a million such pieces", async () => {
    await shop.customer("Lou", { state: "LA" });
    await shop.product("Yacht", "15000.00", 1_000_000);
    expect(await shop.order(await shop.sale("Lou", ["Yacht", 1]))).toMatchObject({
      sales_tax: "1942.50",
      total: "16942.50",
    });
    expect(await shop.order(await shop.sale("Lou", ["Yacht", 999_999]))).toMatchObject({
      subtotal: "14999985000.00",
      sales_tax: "1942498057.50",
    });
  });

  test("follow an order to another customer, and a customer to another zip", async () => {
    await shop.customer("Oz", { state: "OR" });
    const order = await shop.sale("Ada", ["Tea", 4]);
    await shop.run("update `order` set customer_id = ? where order_id = ?", [
      await shop.customerId("Oz"),
      order,
    ]);
    expect((await shop.order(order)).sales_tax).toBe("0.00");
    await shop.run("update customer set zip = ? where first_name = 'Oz'", [shop.zip("CA")]);
    expect((await shop.order(order)).sales_tax).toBe("0.95");
    await shop.run("update customer set zip = ?", [shop.zip("LA")]);
    // 10.00 × 0.1295 = 1.295
    expect((await shop.order(order)).sales_tax).toBe("1.30");
  });

  test("follow the rate of a zip: changed, taken away, given, moved", async () => {
    const order = await shop.sale("Ada", ["Tea", 4]);
    const tax = async () => (await shop.order(order)).sales_tax;
    await shop.run("update sales_tax set combined_rate = 0.1 where zip = ?", [shop.zip("TX")]);
    expect(await tax()).toBe("1.00");
    await shop.run("delete from sales_tax where zip = ?", [shop.zip("TX")]);
    expect(await tax()).toBe("0.00");
    await shop.run("update sales_tax set zip = ? where zip = ?", [shop.zip("TX"), shop.zip("CA")]);
    expect(await tax()).toBe("0.95");
    await shop.run("update sales_tax set zip = '90009' where zip = ?", [shop.zip("TX")]);
    expect(await tax()).toBe("0.00");
  });

  test("cannot be set by hand: a subtotal is refused, a tax is computed again", async () => {
    const order = await shop.sale("Ada", ["Tea", 4]);
    await expect(shop.run("update `order` set subtotal = 1")).rejects.toMatchObject({
      errno: 30010,
      sqlState: "45000",
    });
    await shop.run("update `order` set sales_tax = 77");
    expect(await shop.order(order)).toMatchObject({ subtotal: "10.00", sales_tax: "0.83" });
    await shop.run("insert into `order` (order_id, customer_id, subtotal, sales_tax) values (500, ?, 9, 9)", [
      await shop.customerId("Ada"),
    ]);
    expect(await shop.order(500)).toMatchObject({ total: "0.00" });
  });

  test("are exact when two connections add to one order from snapshots taken before", async () => {
    const order = await shop.sale("Ada");
    const [tea, cup] = [await shop.productId("Tea"), await shop.productId("Cup")];
    await database.admin.withConnection((one) =>
      database.admin.withConnection(async (two) => {
        for (const connection of [one, two]) {
          await connection.run("start transaction");
          await connection.query("select count(*) from `order`"); // its snapshot is taken
        }
        await one.run("insert into orderline (order_id, product_id) values (?, ?)", [order, tea]);
        await one.run("commit");
        await two.run("insert into orderline (order_id, product_id) values (?, ?)", [order, cup]);
        await two.run("commit");
      }),
    );
    expect(await shop.order(order)).toMatchObject({ subtotal: "3.75", sales_tax: "0.31" });
  });
});
