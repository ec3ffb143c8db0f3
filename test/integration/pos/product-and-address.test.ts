import { afterAll, beforeAll, expect, test } from "vitest";
import { customerAddresses } from "../../../src/domains/pos/models/customer-addresses.ts";
import { productPriceHistory } from "../../../src/domains/pos/models/product-price-history.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop, readDocument } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

test("customer_addresses shows the two lines of a label", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.city("00678", "Quebradillas", "PR");
    await shop.customer("Ada", { lastName: "O'Neill", zip: "00678", address2: "Apt 3" });
    expect(await readDocument(connection, customerAddresses, 1)).toEqual({
      customerId: 1,
      name: "Ada O'Neill",
      printedAddress1: "1 Main St #Apt 3",
      printedAddress2: "Quebradillas, PR   00678",
    });
  }));

test("product_price_history lists each change with its difference, oldest first", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.product("Chair", "42.99");
    await connection.run(
      `insert into price_history (product_id, old_price, new_price, changed_at) values
        (1, 45.00, 42.99, '2024-03-01 00:00:00'), (1, 40.00, 45.00, '2024-02-01 12:00:00.5')`,
    );
    expect(await readDocument(connection, productPriceHistory, 1)).toEqual({
      productId: 1,
      name: "Chair",
      changes: [
        { old: 40, new: 45, at: "2024-02-01T12:00:00.500Z", delta: 5 },
        { old: 45, new: 42.99, at: "2024-03-01T00:00:00.000Z", delta: -2.01 },
      ],
      changeCount: 2,
    });
  }));

test("a product whose price never changed has no history", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.product("Chair", "42.99");
    expect(await readDocument(connection, productPriceHistory, 1)).toMatchObject({
      changes: [],
      changeCount: 0,
    });
  }));
