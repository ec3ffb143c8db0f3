import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import project from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import { findMissed, type Operation, rounds } from "../../support/soundness.ts";

/** What each domain brings: rows to start from, and the writes that its tables allow. */
const domains: Record<
  string,
  { readonly prepare: (db: Queryable) => Promise<void>; readonly operation: fc.Arbitrary<Operation> }
> = { pos: { prepare: prepareShop, operation: shopOperation } };

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
    });
  },
);

describe("an unsound touched view is found out", () => {
  const judge = async (view: string) => {
    const [domain] = project.domains;
    const models = domain?.models.filter((model) => model.name === "order_details") ?? [];
    const text = await db.admin.query<{ "Create View": string }>("show create view order_details_touched");
    await db.admin.query(`create or replace view order_details_touched as ${view}`);
    const result = await fc.check(
      fc.asyncProperty(
        rounds(shopOperation),
        async (round) => (await findMissed(db.admin, models, round)).length === 0,
      ),
      { numRuns: 500 },
    );
    await db.admin.query(String(text[0]?.["Create View"]).replace(/^CREATE /, "create or replace "));
    return result;
  };
  const ofOrders = `select change_id, cast(json_value(row_keys, '$.order_id') as int) as document_id
    from change_log where source_table in ('order', 'orderline')`;

  test("when it forgets a table", async () => {
    expect((await judge(ofOrders)).failed).toBe(true);
  });

  test("when it filters on a column that is not logged as a key", async () => {
    const filtered = `${ofOrders} union all
      select change_id, placed.order_id from change_log
      join \`order\` as placed
        on placed.customer_id = cast(json_value(row_keys, '$.customer_id') as int) and placed.status = 'placed'
      where source_table = 'customer' union all
      select change_id, line.order_id from change_log
      join orderline as line on line.product_id = cast(json_value(row_keys, '$.product_id') as int)
      where source_table = 'product'`;
    expect((await judge(filtered)).failed).toBe(true);
  });
});
