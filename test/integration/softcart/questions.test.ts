import { afterAll, beforeAll, expect, test } from "vitest";
import { calendar } from "../../../src/domains/calendar/index.ts";
import { softcart } from "../../../src/domains/softcart/index.ts";
import { readExamples } from "../../../src/graphql/examples.ts";
import { toFieldName } from "../../../src/models/model.ts";
import { defineProject } from "../../../src/models/project.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import { calendarQuestions } from "../../domains/calendar/questions.ts";
import { warehouseQuestions } from "../../domains/softcart/questions.ts";
import type { TestDatabase } from "../../support/database.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { testQuestions } from "../pos/test-questions.ts";

const domains = [
  { domain: calendar, questions: calendarQuestions, examples: "examples/calendar" },
  { domain: softcart, questions: warehouseQuestions, examples: "examples/softcart" },
] as const;

/** What so few generated rows do not have: a country without orders, equal amounts, screens of unknown size. */
async function addOddities({ admin }: TestDatabase): Promise<void> {
  await admin.run("insert into dim_country (country_id, name) values (900, 'Åland'), (901, 'Atlantis')");
  await admin.run(
    `insert into fact_orders (order_id, date_id, country_id, category_id, amount)
    select 900000 + order_id, date_id, 901, category_id, 10.05 from fact_orders order by order_id limit 7`,
  );
  await admin.run(
    `insert into catalog_product (catalog_id, kind, brand, model, screen_size, ram_gb, source_text) values
    (900, 'smart phone', null, 'A', 5.5, 0.5, '["A"]'), (901, 'smart phone', 'B', 'B', 5.5, null, '["B"]'),
    (902, 'smart phone', 'B', 'C', null, 4, '["C"]'), (903, 'television', 'B', 'D', null, null, '["D"]'),
    (904, 'smart phone', 'B', 'E', 6.01, 4, '["E"]'), (905, 'laptop', 'B', 'F', 15.6, 8, '["F"]')`,
  );
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway(
    {},
    addOddities,
    defineProject({ sql: "sql", domains: [calendar, softcart] }),
  );
});
afterAll(() => gateway?.close());

for (const asked of domains) testQuestions(() => gateway, asked);

test.each(domains)(
  "every example of $domain.name is put to the test, as GraphiQL offers it too",
  async (asked) => {
    const examples = await readExamples(asked.examples);
    expect(new Set(asked.questions.map(({ example }) => example))).toEqual(
      new Set(examples.map(({ name }) => name)),
    );
    for (const { name, query, variables } of examples) {
      const { errors } = await gateway.ask(query, JSON.parse(variables ?? "{}"));
      expect(errors, name).toBeUndefined();
    }
  },
);

test.each(domains)("every model of $domain.name is read by an example", async ({ domain, examples }) => {
  const texts = (await readExamples(examples)).map(({ query }) => query);
  const missing = domain.models
    // A roll-up is no root field: the planner reads it for its cube.
    .filter((model) => !isRollUp(model))
    .map(({ typeName }) => toFieldName(typeName))
    .filter((field) => !texts.some((text) => new RegExp(`^  ${field}(Connection)?\\(`, "m").test(text)));
  expect(missing).toEqual([]);
});
