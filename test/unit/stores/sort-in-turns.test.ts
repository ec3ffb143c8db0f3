import fc from "fast-check";
import { expect, test } from "vitest";
import { sortInTurns } from "../../../src/stores/sort-in-turns.ts";
import { takeBreaks } from "../../../src/stores/take-breaks.ts";

test("many items are sorted as by sort, those that are level in the order that they had", async () => {
  const items = fc.array(fc.nat({ max: 50 }), { maxLength: 10 }).chain((some) =>
    // Long lists of few numbers: several runs, and many that are level.
    fc
      .nat({ max: 5000 })
      .map((length) => Array.from({ length }, (_, at) => ((some[at % 10] ?? at) * at) % 97)),
  );
  await fc.assert(
    fc.asyncProperty(items, async (numbers) => {
      const rows = numbers.map((number, at) => ({ number, at }));
      const compare = (a: { number: number }, b: { number: number }) => a.number - b.number;
      expect(await sortInTurns(rows, compare, takeBreaks())).toEqual([...rows].sort(compare));
    }),
    { numRuns: 50 },
  );
});

test("the event loop is left to others while very many are sorted", async () => {
  let breaks = 0;
  const rest = {
    isDue: () => true,
    take: async () => {
      breaks += 1;
    },
  };
  await sortInTurns(
    Array.from({ length: 5000 }, (_, at) => -at),
    (a, b) => a - b,
    rest,
  );
  expect(breaks).toBeGreaterThan(1000);
});
