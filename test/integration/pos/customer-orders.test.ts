import { afterAll, beforeAll, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop, readDocument } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

test("shows a customer's orders, oldest first, with items at the price paid", () =>
  inShop(db.admin, async (shop, connection) => {
    const ada = await shop.customer("Ada", { lastName: "Lovelace" });
    await shop.product("Chair", "42.99");
    await shop.product("Table", "119.50");
    const late = { placed: "2024-05-02 08:00:00.250" };
    await shop.sale("Ada", [["Table", 1, "99.90"]], late);
    await shop.sale(
      "Ada",
      [
        ["Table", 1],
        ["Chair", 2],
      ],
      { placed: "2024-05-01 10:00:00", shipped: "2024-05-03 09:30:00" },
    );
    await connection.run("update product set current_price = 1 where product_id = 1");
    expect(await readDocument(connection, customerOrders, ada)).toEqual({
      customerId: ada,
      name: "Ada Lovelace",
      firstName: "Ada",
      lastName: "Lovelace",
      printedAddress1: "1 Main St",
      printedAddress2: "Houston, TX   77002",
      city: "Houston",
      state: "TX",
      zip: "77002",
      orders: [
        {
          orderId: 2,
          status: "shipped",
          placedAt: "2024-05-01T10:00:00.000Z",
          shippedAt: "2024-05-03T09:30:00.000Z",
          subtotal: 205.48,
          salesTax: 16.95,
          total: 222.43,
          items: [
            { productId: 1, name: "Chair", quantity: 2, unitPrice: 42.99, lineTotal: 85.98 },
            { productId: 2, name: "Table", quantity: 1, unitPrice: 119.5, lineTotal: 119.5 },
          ],
        },
        {
          orderId: 1,
          status: "placed",
          placedAt: "2024-05-02T08:00:00.250Z",
          shippedAt: null,
          subtotal: 99.9,
          salesTax: 8.24,
          total: 108.14,
          items: [{ productId: 2, name: "Table", quantity: 1, unitPrice: 99.9, lineTotal: 99.9 }],
        },
      ],
    });
  }));

test("orders of one moment are listed by number", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    for (let i = 0; i < 5; i += 1) await shop.sale("Ada", []);
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({
      orders: [1, 2, 3, 4, 5].map((orderId) => ({ orderId, items: [] })),
    });
  }));

test("a customer who never ordered has no orders, not one empty order", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({ orders: [] });
  }));

test("an order without lines has no items, and no text in their place", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    await connection.run("insert into `order` (order_id, customer_id) values (1, 1)");
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({ orders: [{ items: [] }] });
  }));

test("a cancelled order is listed with its status", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    await shop.product("Chair", "42.99");
    await shop.sale("Ada", [["Chair", 1]], { cancelled: true });
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({
      orders: [{ status: "cancelled", shippedAt: null, items: [{ name: "Chair" }] }],
    });
  }));

test.each([
  [null, "1 Main St"],
  ["", "1 Main St"],
  ["Apt 2", "1 Main St #Apt 2"],
  ["#12", "1 Main St #12"],
])("second street line %j is printed as %j", (address2, printed) =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada", { address2 });
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({ printedAddress1: printed });
  }),
);

test("a customer that does not exist has no document", () =>
  inShop(db.admin, async (_shop, connection) => {
    expect(await readDocument(connection, customerOrders, 99)).toBeNull();
  }));
