import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrokenRules } from "../../mix/find-broken-rules.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());

test.each([
  ["a wrong subtotal", "update `order` set subtotal = 5.10", ["the subtotal", "the tax"]],
  ["a wrong tax", "update `order` set sales_tax = sales_tax + 0.01", ["the tax"]],
  [
    "a history that begins elsewhere",
    "update price_history set old_price = 7 where new_price = 4",
    ["each row"],
  ],
  [
    "a history without a change",
    "update price_history set new_price = 3 where new_price = 4",
    ["each row", "the newest"],
  ],
  ["a price without a history", "update price_history set new_price = 5 where new_price = 4", ["the newest"]],
  ["a buyer who is not listed", "update mv_product_buyers set entries = ''", ["mv_product_buyers"]],
  ["a customer who is not there", "delete from mv_customer_purchases", ["mv_customer_purchases"]],
  ["nothing", "do 0", []],
])("a shop with %s is told from a right one", async (_what, harm, found) => {
  await inShop(database.admin, async (shop) => {
    await shop.customer("Ada");
    await shop.product("Tea", "2.50");
    await shop.sale("Ada", [["Tea", 2]]);
    await shop.run("update product set current_price = 3");
    await shop.run("update product set current_price = 4");
    await shop.run("set @pos_bulk_load = 1");
    await shop.run(harm);
    await shop.run("set @pos_bulk_load = null");
    const broken = await findBrokenRules(shop);
    expect(broken.length, broken.join("\n")).toBe(found.length);
    for (const rule of found) expect(broken).toContainEqual(expect.stringContaining(`Not so: ${rule}`));
  });
});
