import { afterAll, beforeAll, expect, test } from "vitest";
import { calendar } from "../../../src/domains/calendar/index.ts";
import { totesys } from "../../../src/domains/totesys/index.ts";
import { readExamples } from "../../../src/graphql/examples.ts";
import { toFieldName } from "../../../src/models/model.ts";
import { defineProject } from "../../../src/models/project.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import { toteQuestions } from "../../domains/totesys/questions.ts";
import type { TestDatabase } from "../../support/database.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { testQuestions } from "../pos/test-questions.ts";

const examplesFolder = "examples/totesys";

/** What so few generated rows do not have: an order that has changed twice, a department without an office, one of no words. */
async function addOddities({ admin }: TestDatabase): Promise<void> {
  for (const units of [7, 8])
    await admin.run(
      "update sales_order set units_sold = ?, last_updated = last_updated + interval 1 day order by sales_order_id limit 1",
      [units],
    );
  await admin.run("update payment set paid = 0 where payment_id <= 5");
  await admin.run("update department set location = null where department_id = 8");
  await admin.run("update counterparty set legal_address_id = 2 where counterparty_id = 3");
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway(
    {},
    addOddities,
    defineProject({ sql: "sql", domains: [calendar, totesys] }),
  );
});
afterAll(() => gateway?.close());

testQuestions(() => gateway, { questions: toteQuestions, examples: examplesFolder });

test("every example of the back office is put to the test, as GraphiQL offers it too", async () => {
  const examples = await readExamples(examplesFolder);
  expect(new Set(toteQuestions.map(({ example }) => example))).toEqual(
    new Set(examples.map(({ name }) => name)),
  );
  for (const { name, query, variables } of examples) {
    const { errors } = await gateway.ask(query, JSON.parse(variables ?? "{}"));
    expect(errors, name).toBeUndefined();
  }
});

test("every model of the back office is read by an example", async () => {
  const texts = (await readExamples(examplesFolder)).map(({ query }) => query);
  const missing = totesys.models
    .filter((model) => !isRollUp(model))
    .map(({ typeName }) => toFieldName(typeName))
    .filter((field) => !texts.some((text) => new RegExp(`^  ${field}(Connection)?\\(`, "m").test(text)));
  expect(missing).toEqual([]);
});

test("money is never asked for across currencies", async () => {
  const { errors } = await gateway.ask("{ salesOrder(groupBy: [CREATED_DATE_MONTH]) { revenue } }");
  expect(errors?.[0]?.message).toMatch(/revenue.*currencyCode|CURRENCY_CODE/);
  const { data } = await gateway.ask(
    '{ salesOrder(groupBy: [CREATED_DATE_YEAR], where: { currencyCode: { eq: "GBP" } }) { revenue } }',
  );
  expect(data?.salesOrder).not.toEqual([]);
});
