import { buildSchema, type DocumentNode, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { createTextTurns } from "../../../src/graphql/admission.ts";
import { createBudget } from "../../../src/graphql/budget.ts";
import type { DocumentRule } from "../../../src/graphql/document-rule.ts";
import { costOfText, createKnownTexts, createReadText } from "../../../src/graphql/read-texts.ts";
import { sha256 } from "../../../src/sha256.ts";

const schema = buildSchema("type Query { name: String }");

/** Reads texts as a gateway does, and tells which were parsed, in order. */
function openTexts(options: Partial<Parameters<typeof createReadText>[0]> = {}) {
  const texts = createTextTurns({ maxWaiting: 100, maxWaitMs: 60_000 });
  const read: string[] = [];
  const readText = createReadText({ known: createKnownTexts(), texts, ...options }, () => ({
    schema,
    validate,
    parse(text): DocumentNode {
      read.push(text);
      return parse(text);
    },
  }));
  const exchange: { documentHash?: string; offered?: string } = {};
  const as = (name: string, role = "customer") => ({
    req: { headers: {}, socket: {} } as never,
    principal: { name, role, claims: {}, expiresAt: null } as never,
    onEnd: () => undefined,
    exchange,
  });
  return {
    read,
    exchange,
    ask: async (text: string, name = "ada") => readText(text, as(name)),
    readText,
    as,
  };
}

test("a text that is known is waited for and read by nobody, and everybody gets the same document", async () => {
  const { ask, read, readText, as } = openTexts();
  const first = await ask("{ name }");
  expect(readText("{ name }", as("bob"))).toBe(first);
  expect(read).toEqual(["{ name }"]);
});

test("the log is told of the text by its hash, of one that cannot be parsed, too", async () => {
  const { ask, exchange } = openTexts();
  await ask("{ name }");
  expect(exchange.documentHash).toBe(sha256("{ name }"));
  await ask("{ {").catch(() => undefined);
  expect(exchange.documentHash).toBe(sha256("{ {"));
});

test("a hash that a client offers is remembered with a text that is right, and with no other", async () => {
  const kept: string[] = [];
  const { ask, exchange } = openTexts({ persisted: { keep: (_hash, text) => kept.push(text) } });
  exchange.offered = "a hash";
  await ask("{ name }");
  await ask("{ nope }");
  await ask("{ {").catch(() => undefined);
  await ask("{ name }", "bob");
  expect(kept).toEqual(["{ name }", "{ name }"]);
});

test("a text is read for nobody who may not send it, and refused to them though others have it answered", async () => {
  const refusal = new VitrineError("FORBIDDEN", "Only trusted documents are answered here.");
  const documentRule: DocumentRule = { refuse: ({ role }) => (role === "guest" ? refusal : null) };
  const { ask, readText, as, read } = openTexts({ documentRule });
  expect(() => readText("{ name }", as("bob", "guest"))).toThrow(refusal);
  expect(read).toEqual([]);
  await ask("{ name }");
  expect(() => readText("{ name }", as("bob", "guest"))).toThrow(refusal);
});

test("who sends one new text is read after one of those who send many", async () => {
  const { ask, read } = openTexts();
  const many = Array.from({ length: 10 }, (_, n) => ask(`{ greedy${n} }`, "greedy"));
  await Promise.all([...many, ask("{ name }", "modest")]);
  expect(read.indexOf("{ name }")).toBeLessThanOrEqual(2);
  expect(read).toHaveLength(11);
});

test("a text that two send at once is read once", async () => {
  const { ask, read } = openTexts();
  await Promise.all([ask("{ name }"), ask("{ name }", "bob")]);
  expect(read).toEqual(["{ name }"]);
});

test.each([
  ["fits no schema", "{ nope }"],
  ["is no text", "{ { {"],
])("a text that %s is paid for by its length", async (_what, text) => {
  const spent: unknown[] = [];
  const { ask } = openTexts({ budget: { spend: async (...paid) => void spent.push(paid) } });
  await ask(text).catch(() => undefined);
  expect(spent).toEqual([["customer ada", text.length]]);
});

test("whoever has used up the minute has no more texts read", async () => {
  const { ask, read } = openTexts({ budget: createBudget("customer", { costPerMinute: 20 }) });
  await ask(`{ ${"a".repeat(10)} }`);
  await expect(ask("{ another }")).rejects.toMatchObject({ code: "OVERLOADED" });
  await ask("{ another }", "bob");
  expect(read).toHaveLength(2);
});

test("a long text costs no more than the longest that may be parsed", () => {
  expect(costOfText("x".repeat(100))).toBe(100);
  expect(costOfText("x".repeat(100_000))).toBe(8000);
});
