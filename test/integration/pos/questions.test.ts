import { afterAll, beforeAll, expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { questions } from "./questions.ts";
import { testQuestions } from "./test-questions.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

/** What writes, or reads what was written: mutations.test.ts puts these to the test. */
const deeds = ["record-sale", "read-own-write"];

// The same over a shop as large as in the field: test/scale.
testQuestions(() => gateway);

test("every question of the shop is among the examples, and every example is put to the test", async () => {
  const examples = await readExamples("examples/pos");
  expect(new Set(questions.map(({ example }) => example))).toEqual(
    new Set(examples.map(({ name }) => name).filter((name) => !deeds.includes(name))),
  );
});
