import { expect, test } from "vitest";
import { customerOrders } from "../../../src/models/pos/customer-orders.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";

test("a moment within the first load is before history, not an empty answer", async () => {
  const db = await openTestDatabase();
  try {
    await db.admin.query(`create table mark (n int,
      row_start bigint unsigned generated always as row start invisible,
      row_end bigint unsigned generated always as row end invisible,
      period for system_time (row_start, row_end)) with system versioning`);
    let during = "";
    await db.admin.transaction(async (load) => {
      await load.run("insert into city (zip, city, state) values ('77002', 'Houston', 'TX')");
      await db.admin.run("insert into mark values (1)");
      during = await readMoment(db.admin);
      await load.run(
        "insert into customer (customer_id, first_name, last_name, address1, zip) values (1, 'Ada', 'Smith', '1 Elm', '77002')",
      );
    });
    const after = await readMoment(db.admin);
    const live = createLiveStore(db.reader);
    await expect(live.count(customerOrders, null, { asOf: during })).rejects.toMatchObject({
      code: "BEFORE_HISTORY",
    });
    expect(await live.count(customerOrders, null, { asOf: after })).toBe(1);
  } finally {
    await db.close();
  }
});
