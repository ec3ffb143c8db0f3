import { expect, test } from "vitest";
import { findRuns } from "../../../src/core/find-runs.ts";

const count = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

test("few ids are looked up, however they follow each other", () => {
  expect(findRuns(count(1, 49))).toEqual({ runs: [], others: count(1, 49) });
});

test("a run ends before the first gap, and short ones are looked up", () => {
  const ids = [...count(100, 199), ...count(201, 210), ...count(300, 349)];
  const { runs, others } = findRuns([...ids].reverse());
  expect(runs).toEqual([
    { first: "100", last: "199", ids: count(100, 199) },
    { first: "300", last: "349", ids: count(300, 349) },
  ]);
  expect(others).toEqual(count(201, 210));
});

test("ids beyond the numbers that JavaScript counts exactly stay exact", () => {
  const from = 18_446_744_073_709_551_515n;
  const ids = Array.from({ length: 60 }, (_, at) => String(from + BigInt(at)));
  expect(findRuns(ids).runs).toEqual([{ first: String(from), last: String(from + 59n), ids }]);
});

test("an id that is named twice is in its run once", () => {
  expect(findRuns([...count(1, 60), ...count(1, 60)]).runs[0]?.ids).toEqual(count(1, 60));
});
