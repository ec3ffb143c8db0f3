import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Example, readExamples } from "../../../src/graphql/examples.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import type { Answers, Question } from "./question.ts";
import { questions } from "./questions.ts";

let gateway: TestGateway;
let examples: readonly Example[];
/** What writes, or reads what was written: mutations.test.ts puts these to the test. */
const deeds = ["record-sale", "read-own-write"];
beforeAll(async () => {
  gateway = await openTestGateway();
  examples = await readExamples("examples/pos");
});
afterAll(() => gateway?.close());

/** Everything as text, as SQL gives it: null stays null. */
const asText = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map((value) => (value === null || value === undefined ? null : String(value))));

async function expectRows({ sql }: Question, variables: Answers) {
  const rows = await gateway.database.admin.query<Record<string, unknown>>(
    sql.replace(/:(\w+)/g, (_, name: string) => JSON.stringify(variables[name] ?? null).replaceAll('"', "'")),
  );
  return asText(rows.map((row) => Object.values(row)));
}

describe.each(questions)("$title", (question) => {
  test("has the same answer in both stores as plain SQL over the tables", async () => {
    const example = examples.find(({ name }) => name === question.example);
    const variables = await question.variables(gateway.database.admin);
    const expected = await expectRows(question, variables);
    if (!question.mayBeEmpty) expect(expected.length).toBeGreaterThan(0);
    for (const source of ["LIVE", "MIRROR"]) {
      const { data, errors } = await gateway.ask(example?.query ?? "", { ...variables, source });
      expect(errors, source).toBeUndefined();
      expect(asText(question.rows((data ?? {}) as Answers)), source).toEqual(expected);
    }
  });
});

test("every question of the shop is among the examples, and every example is put to the test", () => {
  expect(new Set(questions.map(({ example }) => example))).toEqual(
    new Set(examples.map(({ name }) => name).filter((name) => !deeds.includes(name))),
  );
});
