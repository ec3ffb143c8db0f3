import { afterAll, beforeAll, expect, test } from "vitest";
import { productBuyers } from "../../../src/domains/pos/models/product-buyers.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop, readDocument } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

test("lists each buyer once, by number, also of a cancelled order", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    await shop.customer("Ben");
    await shop.customer("Cleo");
    const chair = await shop.product("Chair", "42.99");
    await shop.product("Lamp", "20.00");
    await shop.sale("Cleo", [["Chair", 1]], { cancelled: true });
    await shop.sale("Ada", [
      ["Chair", 2, "40.00"],
      ["Lamp", 1],
    ]);
    await shop.sale("Ada", [["Chair", 1]]);
    await shop.sale("Ben", [["Lamp", 1]]);
    expect(await readDocument(connection, productBuyers, chair)).toEqual({
      productId: chair,
      name: "Chair",
      currentPrice: 42.99,
      buyers: [
        { customerId: 1, name: "Ada Smith" },
        { customerId: 3, name: "Cleo Smith" },
      ],
    });
  }));

test("a product that nobody bought has no buyers", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.product("Chair", "42.99");
    expect(await readDocument(connection, productBuyers, 1)).toMatchObject({ buyers: [] });
  }));
