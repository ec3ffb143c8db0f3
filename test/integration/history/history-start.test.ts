import { expect, test } from "vitest";
import { pos } from "../../../src/domains/pos/index.ts";
import { defineProject } from "../../../src/models/project.ts";
import { readHistoryStart } from "../../../src/stores/history/history-start.ts";
import { openTestDatabase } from "../../support/database.ts";
import { prepareShop } from "../../support/shop-operations.ts";

test("the history begins with the oldest version, and tables versioned by transaction are found out", async () => {
  // A domain whose migrations write rows has a history at once.
  const db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [pos] }) });
  try {
    expect((await readHistoryStart(db.admin)).first).toBeNull();
    await prepareShop(db.admin);
    const { first } = await readHistoryStart(db.admin);
    const [row] = await db.admin.query<{ at: string }>("select cast(min(row_start) as char) as at from city");
    const written = Date.parse(`${row?.at.replace(" ", "T").slice(0, 23)}Z`);
    // A version counts from the first millisecond that is not before it.
    expect(Date.parse(first ?? "")).toBe(row?.at.endsWith("000") ? written : written + 1);
    const { database } = db.admin;
    const own = async () =>
      (await readHistoryStart(db.admin)).byTransaction.filter((name) => name.startsWith(`${database}.`));
    expect(await own()).toEqual([]);
    await db.admin.query(`create table old_table (old_id int primary key,
      row_start bigint unsigned generated always as row start invisible,
      row_end bigint unsigned generated always as row end invisible,
      period for system_time (row_start, row_end)) with system versioning`);
    expect(await own()).toEqual([`${database}.old_table`]);
  } finally {
    await db.close();
  }
});
