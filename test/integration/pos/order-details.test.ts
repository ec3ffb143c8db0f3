import { afterAll, beforeAll, expect, test } from "vitest";
import { orderDetails } from "../../../src/domains/pos/models/order-details.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop, readDocument } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

test("shows an order with its buyer and items", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    const ben = await shop.customer("Ben", { lastName: "O'Brien" });
    await shop.product("Chair", "42.99");
    const order = await shop.sale("Ben", [["Chair", 3]]);
    expect(await readDocument(connection, orderDetails, order)).toEqual({
      orderId: order,
      status: "placed",
      placedAt: "2024-05-01T10:00:00.000Z",
      shippedAt: null,
      subtotal: 128.97,
      salesTax: 10.64,
      total: 139.61,
      buyer: { customerId: ben, name: "Ben O'Brien" },
      items: [{ productId: 1, name: "Chair", quantity: 3, unitPrice: 42.99, lineTotal: 128.97 }],
    });
  }));

test("an order without lines has no items and costs nothing", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    await shop.sale("Ada", []);
    expect(await readDocument(connection, orderDetails, 1)).toMatchObject({
      items: [],
      subtotal: 0,
      total: 0,
    });
  }));

test("an order moved to another customer shows the new buyer", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    const ben = await shop.customer("Ben");
    const order = await shop.sale("Ada", []);
    await connection.run("update `order` set customer_id = ? where order_id = ?", [ben, order]);
    expect(await readDocument(connection, orderDetails, order)).toMatchObject({ buyer: { customerId: ben } });
  }));
