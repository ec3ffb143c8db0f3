import { describe, expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import type { TestGateway } from "../graphql/gateway.ts";
import type { Answers, Question } from "./question.ts";
import { questions } from "./questions.ts";

/** Asks both stores every business question, by its example, and plain SQL over the tables for what is right. */
export function testQuestions(opened: () => TestGateway): void {
  describe.each(questions)("$title", (question) => {
    test("has the same answer in both stores as plain SQL over the tables", async () => {
      const gateway = opened();
      const examples = await readExamples("examples/pos");
      const example = examples.find(({ name }) => name === question.example);
      const variables = await question.variables(gateway.database.admin);
      const expected = await expectRows(gateway, question, variables);
      if (!question.mayBeEmpty) expect(expected.length).toBeGreaterThan(0);
      for (const source of ["LIVE", "MIRROR"]) {
        const { data, errors } = await gateway.ask(example?.query ?? "", { ...variables, source });
        expect(errors, source).toBeUndefined();
        expect(asText(question.rows((data ?? {}) as Answers)), source).toEqual(expected);
      }
    });
  });
}

/** Everything as text, as SQL gives it: null stays null. */
const asText = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map((value) => (value === null || value === undefined ? null : String(value))));

async function expectRows({ database }: TestGateway, { sql }: Question, variables: Answers) {
  const rows = await database.admin.query<Record<string, unknown>>(
    sql.replace(/:(\w+)/g, (_, name: string) => JSON.stringify(variables[name] ?? null).replaceAll('"', "'")),
  );
  return asText(rows.map((row) => Object.values(row)));
}
