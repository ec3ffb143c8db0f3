import { describe, expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import type { TestDatabase } from "../../support/database.ts";
import type { TestGateway } from "../graphql/gateway.ts";
import type { Answers, Question } from "./question.ts";
import { questions } from "./questions.ts";

/** Files of a shop tell nothing of earlier prices: some products get others, some of these twice. */
export async function changePrices({ admin }: TestDatabase): Promise<void> {
  await admin.run("update product set current_price = current_price + 10 where product_id % 3 = 1");
  await admin.run("update product set current_price = current_price - 0.01 where product_id % 7 = 1");
}

/** A domain's business questions, and the folder of their examples. */
export interface DomainQuestions {
  readonly questions: readonly Question[];
  readonly examples: string;
}

/** Asks both stores every business question, by its example, and plain SQL over the tables for what is right. */
export function testQuestions(
  opened: () => TestGateway,
  asked: DomainQuestions = { questions, examples: "examples/pos" },
): void {
  describe.each(asked.questions)("$title", (question) => {
    test("has the same answer in both stores as plain SQL over the tables", async () => {
      const gateway = opened();
      const examples = await readExamples(asked.examples);
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
