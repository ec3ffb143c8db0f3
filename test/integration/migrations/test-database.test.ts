import { expect, test } from "vitest";
import { openTestDatabase } from "../../support/database.ts";

test("a test database is migrated, its own, and gone after close", async () => {
  const one = await openTestDatabase();
  const other = await openTestDatabase({ migrate: false });
  try {
    expect(await one.reader.query("select count(*) as n from vitrine_change_order")).toEqual([{ n: "0" }]);
    expect(await other.admin.query("show tables")).toEqual([]);
    await one.mongo.db.collection("c").insertOne({ x: 1 });
    expect(one.mongo.db.databaseName).not.toBe(other.mongo.db.databaseName);
    await one.close();
    expect(await other.admin.query("show databases like ?", [one.admin.database])).toEqual([]);
  } finally {
    await other.close();
  }
});
