import { type DocumentNode, Kind, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pos } from "../../../src/domains/pos/index.ts";
import { type Example, readExamples } from "../../../src/graphql/examples.ts";
import { toFieldName } from "../../../src/models/model.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { type Answers, at } from "./question.ts";
import { questions } from "./questions.ts";
import { changePrices, testQuestions } from "./test-questions.ts";

const examples = await readExamples("examples/pos");
const isRead = ({ query }: Example) => operationOf(parse(query)).operation === "query";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({}, changePrices);
});
afterAll(() => gateway?.close());

/** What writes, reads what was written, or follows: mutations.test.ts and live-sales.test.ts put these to the test. */
const deeds = ["record-sale", "read-own-write", "live-sales-of-states"];

// The same over a shop as large as in the field: test/scale.
testQuestions(() => gateway);

test("every question of the shop is among the examples, and every example is put to the test", async () => {
  expect(new Set(questions.map(({ example }) => example))).toEqual(
    new Set(examples.map(({ name }) => name).filter((name) => !deeds.includes(name))),
  );
});

test("every model of the shop is read by an example", () => {
  const read = examples
    .filter(isRead)
    .flatMap(({ query }) => operationOf(parse(query)).selectionSet.selections)
    .map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : ""))
    .map((field) => field.replace(/Connection$/, ""));
  // A roll-up is no root field: the planner reads it for its cube.
  const fields = pos.models.filter((model) => !isRollUp(model)).map(({ typeName }) => toFieldName(typeName));
  expect(fields).toContain("sales");
  expect(fields.filter((field) => !read.includes(field))).toEqual([]);
});

test("GraphiQL is told of every example, with its variables", async () => {
  const page = await fetch(gateway.server.url, { headers: { accept: "text/html" } });
  const html = await page.text();
  const missing = examples.filter(
    ({ query, variables }) => !html.includes(JSON.stringify({ query, variables }).slice(1, -1)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
  expect(examples.length).toBeGreaterThan(questions.length / 2);
});

describe.each(examples.filter(isRead))(
  "The example $name, sent as GraphiQL offers it",
  ({ query, variables }) => {
    test("has something to show, the same from both stores", async () => {
      const answers: unknown[] = [];
      for (const source of [undefined, "LIVE", "MIRROR"]) {
        const { data, errors } = await gateway.ask(query, {
          ...JSON.parse(variables ?? "{}"),
          ...(source && { source }),
        });
        expect(errors, source).toBeUndefined();
        expect(countRows(data), source).toBeGreaterThan(0);
        answers.push(data);
      }
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
    });
  },
);

/** The one operation of an example. */
function operationOf({ definitions }: DocumentNode) {
  const [operation, ...others] = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation || others.length > 0) throw new Error("An example is one operation.");
  return operation;
}

/** Documents or rows of an answer with one root field; the total of a roll-up is there when nothing else is. */
function countRows(data: Answers | null | undefined): number {
  const [root] = Object.values(data ?? {});
  const rows = (Array.isArray(root) ? root : at(root, "nodes")) as readonly Answers[] | undefined;
  if (rows === undefined) return root ? 1 : 0;
  return rows.filter(({ level }) => level !== 0).length;
}
