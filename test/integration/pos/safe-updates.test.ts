import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrokenRules } from "../../mix/find-broken-rules.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createShop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
  const shop = await createShop(database.admin);
  await shop.city("78701", "Austin", "TX", "0.06250");
  for (const name of ["Ada", "Ben"]) await shop.customer(name);
  for (const name of ["Tea", "Pot", "Cup"]) await shop.product(name, "2.00");
  await shop.sale("Ada", [["Tea", 2]]);
  await shop.sale("Ben", [
    ["Tea", 1],
    ["Pot", 1],
  ]);
});
afterAll(() => database?.close());

test.each([
  "call refresh_materialized_views()",
  "call fill_unit_price()",
  "call fill_order_total()",
  "call update_price(1, 3.00)",
  `call record_sale(1, '[{"productId": 1, "quantity": 1}, {"productId": 3, "quantity": 2}]')`,
  "call add_item(2, 3, 1)",
  "call ship_order(2)",
  "call cancel_order(1)",
  "call sales_report('2024-01-01', '2030-12-31', null)",
  "update customer set last_name = 'Byron', zip = '78701' where customer_id = 1",
  "update product set name = 'Chai', current_price = 4 where product_id = 1",
  "update orderline set quantity = 3 where order_id = 2 and product_id = 1",
  "update orderline set product_id = 3 where order_id = 1 and product_id = 1",
  "delete from orderline where order_id = 2 and product_id = 2",
  "update `order` set customer_id = 2 where order_id = 1",
  "update sales_tax set combined_rate = 0.1 where zip = '78701'",
  "delete from sales_tax where zip = '77002'",
  "insert into sales_tax (zip, state, tax_region_name, combined_rate, state_rate, county_rate, city_rate, special_rate) values ('77002', 'TX', 'HOUSTON', 0.05, 0.05, 0, 0, 0)",
])("a client with safe updates may %s", async (statement) => {
  await database.admin.withConnection(async (connection) => {
    await connection.run("set session sql_safe_updates = 1");
    try {
      await connection.run(statement);
      expect(await connection.query("select @@sql_safe_updates = 1 as safe")).toEqual([{ safe: 1 }]);
    } finally {
      await connection.run("set session sql_safe_updates = 0");
    }
  });
  expect(await findBrokenRules(database.admin)).toEqual([]);
});
