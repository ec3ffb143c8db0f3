import { buildSchema, type DocumentNode, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { createTextTurns } from "../../../src/graphql/admission.ts";
import { createBudget } from "../../../src/graphql/budget.ts";
import { costOfText, createKnownTexts, createLearning } from "../../../src/graphql/learn-texts.ts";

const schema = buildSchema("type Query { name: String }");

/** Learns texts as a gateway does, and tells what was read, in order. */
function openLearning(options: Partial<Parameters<typeof createLearning>[0]> = {}) {
  const known = createKnownTexts();
  const texts = createTextTurns({ maxWaiting: 100, maxWaitMs: 60_000 });
  const read: string[] = [];
  const learn = createLearning({ known, texts, ...options }, () => ({
    schema,
    validate,
    parse(text): DocumentNode {
      read.push(text);
      const document = parse(text);
      known.set(text, document);
      return document;
    },
  }));
  const as = (name: string) => ({
    req: { headers: {}, socket: {} } as never,
    principal: { name, role: "customer", claims: {}, expiresAt: null } as never,
    onEnd: () => undefined,
  });
  return { read, ask: (text: string, name = "ada") => learn(text, as(name)) };
}

test("a text that is known is waited for and read by nobody", async () => {
  const { ask, read } = openLearning();
  await ask("{ name }");
  expect(ask("{ name }", "bob")).toBeUndefined();
  expect(read).toEqual(["{ name }"]);
});

test("who sends one new text is read after one of those who send many", async () => {
  const { ask, read } = openLearning();
  const many = Array.from({ length: 10 }, (_, n) => ask(`{ greedy${n} }`, "greedy"));
  await Promise.all([...many, ask("{ name }", "modest")]);
  expect(read.indexOf("{ name }")).toBeLessThanOrEqual(2);
  expect(read).toHaveLength(11);
});

test("a text that two send at once is read once", async () => {
  const { ask, read } = openLearning();
  await Promise.all([ask("{ name }"), ask("{ name }", "bob")]);
  expect(read).toEqual(["{ name }"]);
});

test.each([
  ["fits no schema", "{ nope }"],
  ["is no text", "{ { {"],
])("a text that %s is paid for by its length, and is none of ours to tell about", async (_what, text) => {
  const spent: unknown[] = [];
  const { ask } = openLearning({ budget: { spend: async (...paid) => void spent.push(paid) } });
  await ask(text);
  expect(spent).toEqual([["customer ada", text.length]]);
});

test("whoever has used up the minute has no more texts read", async () => {
  const { ask, read } = openLearning({ budget: createBudget("customer", { costPerMinute: 20 }) });
  await ask(`{ ${"a".repeat(10)} }`);
  await expect(ask("{ another }")).rejects.toMatchObject({ code: "OVERLOADED" });
  await ask("{ another }", "bob");
  expect(read).toHaveLength(2);
});

test("a long text costs no more than the longest that may be parsed", () => {
  expect(costOfText("x".repeat(100))).toBe(100);
  expect(costOfText("x".repeat(100_000))).toBe(8000);
});
