import { expect, test } from "vitest";
import { readHistoryStart } from "../../../src/stores/history/history-start.ts";
import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase } from "../../support/database.ts";
import { prepareShop } from "../../support/shop-operations.ts";

test("rows older than MariaDB's record of transactions are found out", async () => {
  const db = await openTestDatabase();
  try {
    await prepareShop(db.admin);
    expect(await readHistoryStart(db.admin)).toMatchObject({ lost: [], first: expect.stringMatching(/Z$/) });
    const { first } = await readHistoryStart(db.admin);
    const [row] = await db.admin.query<{ isThere: string }>(
      "select cast(? as datetime(6)) >= min(commit_timestamp) as isThere from mysql.transaction_registry",
      [first?.replace("T", " ").replace("Z", "")],
    );
    // A commit counts from the first millisecond that is not before it.
    expect(Number(row?.isThere)).toBe(1);
    // The record belongs to the whole server, so here it is only looked at from a later entry on.
    const truncated: Queryable = {
      run: db.admin.run,
      query: (sql, values) =>
        db.admin.query(
          sql.replace(
            "from mysql.transaction_registry",
            "from mysql.transaction_registry where transaction_id > (select max(row_start) from customer)",
          ),
          values,
        ),
    };
    const { lost } = await readHistoryStart(truncated);
    expect(lost).toContain("customer");
    expect(lost).not.toContain("order");
  } finally {
    await db.close();
  }
});
