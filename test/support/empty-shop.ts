import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { clearChanges } from "./changes.ts";

const tables = [
  "mv_product_buyers",
  "mv_customer_purchases",
  "orderline",
  "line_without_price",
  "order",
  "price_history",
  "product",
  "customer",
  "city",
  "sales_tax",
  "vitrine_import_reject",
  "vitrine_import_run",
];

/** Deletes all rows of the shop, so that tests of one file can share a database. Their history stays. */
export async function emptyShop(admin: MariaDb): Promise<void> {
  await admin.withConnection(async (connection) => {
    await connection.run("set @pos_bulk_load = 1");
    for (const table of tables) await connection.run(`delete from \`${table}\``);
    await connection.run("set @pos_bulk_load = null");
    await clearChanges(connection);
  });
}
