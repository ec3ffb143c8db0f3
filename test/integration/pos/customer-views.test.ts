import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());

test("v_customer_names lists last and first names, sorted", () =>
  inShop(database.admin, async (shop) => {
    await shop.customer("Cleo", { lastName: "Adams" });
    await shop.customer("Ben", { lastName: "Young" });
    await shop.customer("Ada", { lastName: "Young" });
    const rows = await shop.query("select * from v_customer_names");
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["Adams", "Cleo"],
      ["Young", "Ada"],
      ["Young", "Ben"],
    ]);
  }));

test("v_customers prints the address in two lines, three spaces before the zip", () =>
  inShop(database.admin, async (shop) => {
    await shop.customer("Ada", { lastName: "Young" });
    await shop.customer("Ben", { lastName: "Young", address1: "2 Oak Ave", address2: "Apt 3" });
    const rows = await shop.query("select * from v_customers order by 1");
    expect(rows.map((row) => Object.values(row))).toEqual([
      [1, "Ada", "Young", "1 Main St", "Houston, TX   77002", "77002"],
      [2, "Ben", "Young", "2 Oak Ave, Apt 3", "Houston, TX   77002", "77002"],
    ]);
  }));

test.each(["v_customer_purchases", "mv_customer_purchases"])(
  "%s lists each product once as number and name, by number, between bars; nothing for who bought nothing",
  (view) =>
    inShop(database.admin, async (shop) => {
      await shop.customer("Ada", { lastName: "Young" });
      await shop.customer("Ben", { lastName: "Adams" });
      await shop.customer("Cleo");
      for (const name of ["Lamp", "Side table, oak", "Rug"]) await shop.product(name, "10.00");
      await shop.sale("Ada", [
        ["Side table, oak", 2],
        ["Lamp", 1],
      ]);
      await shop.sale("Ada", [["Lamp", 3]]);
      await shop.sale("Ben", [["Rug", 1]], { cancelled: true });
      expect(
        await shop.query(`select customer_id, first_name, last_name, products from ${view} order by 1`),
      ).toEqual([
        { customer_id: 1, first_name: "Ada", last_name: "Young", products: "1 Lamp|2 Side table, oak" },
        { customer_id: 2, first_name: "Ben", last_name: "Adams", products: "3 Rug" },
        { customer_id: 3, first_name: "Cleo", last_name: "Smith", products: "" },
      ]);
    }),
);

test.each(["v_product_buyers", "mv_product_buyers"])(
  "%s lists each buyer once as number and name, by number, between commas; nothing where nobody bought",
  (view) =>
    inShop(database.admin, async (shop) => {
      await shop.customer("Ada", { lastName: "Young" });
      await shop.customer("Ben", { lastName: "Adams" });
      for (const name of ["Lamp", "Rug"]) await shop.product(name, "10.00");
      await shop.sale("Ben", [["Lamp", 1]], { cancelled: true });
      await shop.sale("Ada", [["Lamp", 1]]);
      await shop.sale("Ada", [["Lamp", 2]]);
      expect(await shop.query(`select product_id, name, buyers from ${view} order by 1`)).toEqual([
        { product_id: 1, name: "Lamp", buyers: "1 Ada Young,2 Ben Adams" },
        { product_id: 2, name: "Rug", buyers: "" },
      ]);
    }),
);
