import { expect, test } from "vitest";
import { createSlowQuestions } from "../../../src/graphql/slow-questions.ts";

test("a slow question is remembered for ten minutes after the last time that it was slow", () => {
  let now = 0;
  const slow = createSlowQuestions(() => now);
  expect(slow.has("a")).toBe(false);
  slow.add("a");
  now = 500_000;
  expect([slow.has("a"), slow.has("b")]).toEqual([true, false]);
  slow.add("a");
  now = 1_099_999;
  expect(slow.has("a")).toBe(true);
  now = 1_100_000;
  expect(slow.has("a")).toBe(false);
});

test("only the newest thousand are remembered, however many questions there are", () => {
  const slow = createSlowQuestions(() => 0);
  for (let n = 0; n < 1500; n += 1) slow.add(`${n}`);
  const kept = Array.from({ length: 1500 }, (_, n) => slow.has(`${n}`));
  expect(kept.indexOf(true)).toBe(500);
  expect(kept.lastIndexOf(false)).toBe(499);
});
