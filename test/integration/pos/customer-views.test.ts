import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop } from "../../support/shop.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
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
