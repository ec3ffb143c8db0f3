import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { touchedViewOf } from "../../../src/models/derived-names.ts";
import project from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import { findMissed, rounds } from "../../support/soundness.ts";
import { findTestedDomains } from "../../support/tested-domains.ts";

const numRuns = 150;
const tested = await findTestedDomains();
let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase();
  await prepareShop(db.admin);
});
afterAll(() => db?.close());

test("every domain of the project has a folder in test/domains", () => {
  const names = tested.map(({ domain }) => domain.name);
  for (const { name } of project.domains) expect(names).toContain(name);
});

test.each(tested.map((one) => [one.domain.name, one] as const))(
  "touched views of %s name every document that one to six writes have changed",
  async (_, { domain, contents, operation }) => {
    const different = new Map<string, number>();
    const mine = await openTestDatabase(contents);
    try {
      await contents.prepare(mine.admin);
      await fc.assert(
        fc.asyncProperty(rounds(operation), async (round) => {
          const missed = await findMissed(mine.admin, domain.models, round, (model, count) =>
            different.set(model, (different.get(model) ?? 0) + count),
          );
          expect(missed).toEqual([]);
        }),
        { numRuns },
      );
    } finally {
      await mine.close();
    }
    // A model that no round changed was not judged. How often is left to chance.
    for (const model of domain.models) expect(different.get(model.name), model.name).toBeGreaterThan(0);
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
