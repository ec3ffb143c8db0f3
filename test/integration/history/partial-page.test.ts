import { expect, test } from "vitest";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { Version } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase } from "../../support/database.ts";
import { prepareShop } from "../../support/shop-operations.ts";

const named = defineModel({
  name: "slow_name",
  typeName: "SlowName",
  description: "A name that takes its time.",
  key: "id",
  fields: { id: int("Number."), name: string("Name.") },
});
const CHANGES = 14;
const TIMEOUT_MS = 4000;

test("a page of a history whose time is nearly up has what was found, and the next page goes on there", async () => {
  const db = await openTestDatabase();
  try {
    await prepareShop(db.admin);
    for (let change = 0; change < CHANGES; change += 1)
      await db.admin.run("update customer set last_name = ? where customer_id = 1", [`Name ${change}`]);
    await db.admin.query(`create view slow_name as
      select customer_id as id, if(sleep(0.3) = 0, last_name, '') as name from customer`);
    const live = createLiveStore(db.admin);
    const found: Version[] = [];
    let pages = 0;
    for (let before: string | null = null; ; ) {
      const page = await live.findVersions(named, "1", { limit: 50, before }, { timeoutMs: TIMEOUT_MS });
      pages += 1;
      found.push(...page.versions);
      if (!page.hasMore) break;
      expect(page.versions.length).toBeGreaterThan(0);
      before = page.versions.at(-1)?.changedAt ?? null;
    }
    // Fourteen times 0.3 s are more than a page may take.
    expect(pages).toBeGreaterThan(1);
    const names = found.map(({ document }) => document?.name);
    expect(names.slice(0, CHANGES)).toEqual(
      Array.from({ length: CHANGES }, (_, n) => `Name ${CHANGES - 1 - n}`),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(found.slice(0, CHANGES).map(({ changedFields }) => changedFields)).toEqual(
      Array.from({ length: CHANGES }, () => ["name"]),
    );
  } finally {
    await db.close();
  }
});
