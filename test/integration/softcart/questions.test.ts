import { afterAll, beforeAll, expect, test } from "vitest";
import { calendar } from "../../../src/domains/calendar/index.ts";
import { softcart } from "../../../src/domains/softcart/index.ts";
import { readExamples } from "../../../src/graphql/examples.ts";
import { toFieldName } from "../../../src/models/model.ts";
import { calendarQuestions } from "../../domains/calendar/questions.ts";
import { warehouseQuestions } from "../../domains/softcart/questions.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { testQuestions } from "../pos/test-questions.ts";

const domains = [
  { domain: calendar, questions: calendarQuestions, examples: "examples/calendar" },
  { domain: softcart, questions: warehouseQuestions, examples: "examples/softcart" },
] as const;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
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
    .map(({ typeName }) => toFieldName(typeName))
    .filter((field) => !texts.some((text) => new RegExp(`^  ${field}(Connection)?\\(`, "m").test(text)));
  expect(missing).toEqual([]);
});
