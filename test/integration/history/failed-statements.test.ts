import { afterAll, beforeAll, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { createShop } from "../../support/shop.ts";

let db: TestDatabase;
let live: DocumentStore;
beforeAll(async () => {
  db = await openTestDatabase();
  live = createLiveStore(db.reader);
  const shop = await createShop(db.admin);
  for (const name of ["Ada", "Ben", "Cleo"]) await shop.customer(name);
  await shop.product("Chair", "40.00");
  for (const name of ["Ada", "Ben", "Cleo"]) await shop.sale(name, [["Chair", 1]]);
});
afterAll(() => db?.close());

const revenue: CubeQuery = {
  sets: [[]],
  measures: ["revenue"],
  where: null,
  having: null,
  orderBy: [],
  limit: 10,
  withTies: false,
};

/** What the past shows of customer 2, beside the count of all and the pieces sold. */
async function seenAt(asOf: string) {
  const found = await live.findByIds(customerOrders, ["2"], { asOf });
  const cube = await live.aggregate(sales, revenue, { asOf });
  return {
    name: found.get("2")?.lastName ?? null,
    customers: await live.count(customerOrders, null, { asOf }),
    sold: JSON.stringify(cube),
  };
}

test("a row that another changed, and then a transaction in which a statement failed, is there once at any moment", async () => {
  const known = await seenAt(await readMoment(db.admin));
  let between = "";
  await db.admin.transaction(async (slow) => {
    await slow.run("update product set current_price = 41 where product_id = 1");
    await db.admin.run("update customer set phone = '1' where customer_id = 1");
    between = await readMoment(db.admin);
    await db.admin.run("update customer set last_name = 'Fast' where customer_id = 2");
    await slow.run("update customer set last_name = 'Slow' where customer_id = 2");
    const again = "insert into city (zip, city, state) values ('77002', 'Houston', 'TX')";
    await expect(slow.run(again)).rejects.toThrow("Duplicate entry");
  });
  await db.admin.run("update customer set phone = '2' where customer_id = 1");
  const after = await readMoment(db.admin);
  expect(await seenAt(after)).toEqual({ ...known, name: "Slow" });
  expect(await seenAt(between)).toEqual(known);
  const { versions } = await live.findVersions(customerOrders, "2", { limit: 10, before: null });
  expect(versions.map(({ document }) => document?.lastName).slice(0, 3)).toEqual([
    "Slow",
    "Fast",
    known.name,
  ]);
});
