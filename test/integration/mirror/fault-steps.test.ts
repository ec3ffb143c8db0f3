import { expect, test } from "vitest";
import { readCommitted } from "../../../src/core/read-committed.ts";
import { watchMariaDb } from "../../faults/steps.ts";
import { openTestDatabase } from "../../support/database.ts";

test("faults strike at the ends of the transactions in which changes are taken and acknowledged", async () => {
  const database = await openTestDatabase();
  try {
    const seen: string[] = [];
    const db = watchMariaDb(database.loader, (name, when) => seen.push(`${when} ${name}`));
    for (const [statement, step] of [
      ["delete target from vitrine_change_customer as target where false", "commit resolve"],
      ["update vitrine_state set acked = acked where false", "commit acknowledge"],
    ] as const) {
      await readCommitted(db, (connection) => connection.run(statement));
      expect(seen.splice(0).slice(-2)).toEqual([`before ${step}`, `after ${step}`]);
    }
  } finally {
    await database.close();
  }
});
