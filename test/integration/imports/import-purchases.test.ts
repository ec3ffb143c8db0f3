import { expect, test } from "vitest";
import type { ShopFile, ShopFileChange } from "../../support/shop-files.ts";
import { openShopImports } from "../../support/shop-imports.ts";

const { importShop, query } = openShopImports();

test.each<[string, Partial<Record<ShopFile, ShopFileChange>>]>([
  ["a first import", {}],
  ["a renamed product", { "products.csv": (text) => text.replace("Chair", "Stool") }],
  ["a renamed customer", { "customers.csv": (text) => text.replace("Lovelace", "King") }],
  ["an order of another customer", { "orders.csv": (text) => text.replace("2,0,2005", "2,1,2005") }],
  ["a line that went", { "orderlines.csv": (text) => text.replace("0,1\n", "") }],
  ["a line that came", { "orderlines.csv": (text) => text.replace("1,1\n", "1,1\n1,0\n") }],
])("an import keeps the materialised views exact: %s", async (_, changes) => {
  if (Object.keys(changes).length > 0) await importShop();
  const summary = await importShop(changes);
  expect(summary.tables.some((t) => t.inserted + t.updated + t.deleted > 0)).toBe(true);
  for (const [stored, view] of [
    ["mv_product_buyers", "v_product_buyers"],
    ["mv_customer_purchases", "v_customer_purchases"],
  ]) {
    expect(await query(`select * from ${stored} order by 1`)).toEqual(
      await query(`select * from ${view} order by 1`),
    );
    expect(await query(`select 1 from ${stored}`)).not.toEqual([]);
  }
});

test("importing the same files again spares the materialised views", async () => {
  await importShop();
  // A mark that only a refresh would take away.
  await query("update mv_product_buyers set entries = '99 Nobody' where product_id = 0");
  const marked = await query("select * from mv_product_buyers order by product_id");
  await importShop();
  expect(await query("select * from mv_product_buyers order by product_id")).toEqual(marked);
  await importShop({ "customers.csv": (text) => text.replace("Lovelace", "King") });
  expect(await query("select * from mv_product_buyers order by product_id")).toEqual(
    await query("select * from v_product_buyers order by product_id"),
  );
});
