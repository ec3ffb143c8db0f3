import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { touchedViewOf } from "../../../src/models/derived-names.ts";
import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import project from "../../../vitrine.config.ts";
import { calendarOperation, prepareCalendar } from "../../domains/calendar/calendar-operations.ts";
import { prepareWarehouse, warehouseOperation } from "../../domains/softcart/warehouse-operations.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import { findMissed, type Operation, rounds } from "../../support/soundness.ts";

/** What each domain brings: rows to start from, and the writes that its tables allow. */
const domains: Record<
  string,
  { readonly prepare: (db: Queryable) => Promise<void>; readonly operation: fc.Arbitrary<Operation> }
> = {
  pos: { prepare: prepareShop, operation: shopOperation },
  calendar: { prepare: prepareCalendar, operation: calendarOperation },
  softcart: { prepare: prepareWarehouse, operation: warehouseOperation },
};

const numRuns = 150;
let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase({ project });
  for (const domain of Object.values(domains)) await domain.prepare(db.admin);
});
afterAll(() => db?.close());

describe.each(project.domains.map((domain) => [domain.name, domain] as const))(
  "domain %s",
  (name, domain) => {
    test("touched views name every document that one to six writes have changed", async () => {
      const support = domains[name];
      if (!support) throw new Error(`Domain ${name} has no operations: the test cannot judge its models.`);
      const different = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(rounds(support.operation), async (round) => {
          const missed = await findMissed(db.admin, domain.models, round, (model, count) =>
            different.set(model, (different.get(model) ?? 0) + count),
          );
          expect(missed).toEqual([]);
        }),
        { numRuns },
      );
      // A model that no round changed was not judged.
      for (const model of domain.models) expect(different.get(model.name), model.name).toBeGreaterThan(10);
    }, 240_000);
  },
);

describe("an unsound touched view is found out", () => {
  const judge = async (selects: Readonly<Record<string, string>>) => {
    const [domain] = project.domains;
    const models = domain?.models.filter((model) => model.name === "order_details") ?? [];
    const texts = new Map<string, string>();
    for (const [table, select] of Object.entries(selects)) {
      const view = touchedViewOf("order_details", table);
      const [row] = await db.admin.query<{ "Create View": string }>(`show create view ${view}`);
      texts.set(view, String(row?.["Create View"]));
      await db.admin.query(`create or replace view ${view} as ${select}`);
    }
    const result = await fc.check(
      fc.asyncProperty(
        rounds(shopOperation),
        async (round) => (await findMissed(db.admin, models, round)).length === 0,
      ),
      { numRuns: 500 },
    );
    for (const text of texts.values()) await db.admin.query(text.replace(/^CREATE /, "create or replace "));
    return result;
  };
  test("when it forgets a table", async () => {
    const nothing = "select vitrine_id as change_id, null as document_id from vitrine_change_product";
    expect((await judge({ product: nothing })).failed).toBe(true);
  });

  test("when it filters on a column that is not logged as a key", async () => {
    const filtered = `select c.vitrine_id as change_id, placed.order_id as document_id
      from vitrine_change_customer as c
      join \`order\` as placed on placed.customer_id = c.customer_id and placed.status = 'placed'`;
    expect((await judge({ customer: filtered })).failed).toBe(true);
  });
});
