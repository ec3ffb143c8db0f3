import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createShop } from "../../support/shop.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  const shop = await createShop(db.admin);
  await shop.customer("Ada");
  await shop.product("Tea", "42.99");
  await shop.sale("Ada", [["Tea", 2]]);
  await db.admin.run("update product set current_price = 43");
});
afterAll(() => db?.close());

/** A client of the server's own defaults, which take 0000-00-00; `bulk`: that loads history. */
const write = (sql: string, bulk: boolean) =>
  db.admin.withConnection(async (connection) => {
    await connection.query("set sql_mode = 'STRICT_TRANS_TABLES,ALLOW_INVALID_DATES'");
    await connection.query(`set @pos_bulk_load = ${bulk ? 1 : "null"}`);
    await connection.query(sql);
  });

const days = ["0000-00-00", "2005-00-10", "2005-02-00", "2005-02-31", "0000-01-01"];
const statements = [
  "update `order` set status = 'shipped', date_shipped = ?",
  "update `order` set date_placed = ?",
  "insert into `order` (customer_id, date_placed) values (1, ?)",
  "insert into `order` (customer_id, status, date_shipped) values (1, 'shipped', ?)",
  "update customer set birthdate = ?",
  "insert into customer (first_name, last_name, address1, zip, birthdate) select 'A', 'B', 'C', zip, ? from city limit 1",
  "update price_history set changed_at = ?",
  "insert into price_history (product_id, old_price, new_price, changed_at) values (1, 1, 2, ?)",
];

test.each(statements)("a day that no calendar has is refused: %s", async (statement) => {
  for (const bulk of [false, true])
    for (const day of days)
      await expect(write(statement.replace("?", `'${day}'`), bulk), day).rejects.toMatchObject({
        // 1292: MariaDB itself takes no such day for a moment.
        errno: expect.toBeOneOf([30011, ...(statement.includes("birthdate") ? [1292] : [])]),
      });
  await write(statement.replace("?", "'2004-02-29'"), false);
});

test("a row that has such a day from before can be sold, shipped and mended", async () => {
  await db.admin.query("drop trigger order_before_update");
  await write("update `order` set date_placed = '0000-00-00' where order_id = 1", false);
  await migrateUp({ admin: db.admin, sqlDir: db.sqlDir, domains: db.project.domains });
  await write("update `order` set status = 'placed', date_shipped = null where order_id = 1", false);
  await write("update `order` set date_placed = '2005-01-01' where order_id = 1", false);
  await expect(write("update `order` set date_placed = '0000-00-00'", false)).rejects.toMatchObject({
    errno: 30011,
  });
});
