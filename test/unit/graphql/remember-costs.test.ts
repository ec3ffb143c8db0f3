import { parse } from "graphql";
import { expect, test } from "vitest";
import { rememberCosts } from "../../../src/graphql/remember-costs.ts";

const document = parse("query A($n: Int) { a } query B { b }");
const variables = { n: 3 };

test("what looks at no variable is read once", () => {
  const costs = rememberCosts();
  expect(costs.find(document, "A")).toBeUndefined();
  expect(costs.read({ document, operationName: "A" }, variables, () => 7)).toBe(7);
  expect(costs.find(document, "A")).toBe(7);
});

test("each operation of a document has a cost of its own", () => {
  const costs = rememberCosts();
  costs.read({ document, operationName: "A" }, variables, () => 7);
  expect(costs.find(document, "B")).toBeUndefined();
  expect(costs.find(document, undefined)).toBeUndefined();
  expect(costs.find(parse("query A { a }"), "A")).toBeUndefined();
});

test.each<[string, (given: Readonly<Record<string, unknown>>) => number]>([
  ["reads one", ({ n }) => Number(n)],
  ["asks whether there is one", (given) => ("n" in given ? 3 : 0)],
  ["asks whether one is its own", (given) => (Object.hasOwn(given, "n") ? 3 : 0)],
  ["goes through all", (given) => Object.keys(given).length + 2],
  ["copies them", (given) => Number({ ...given }.n)],
])("what %s is read anew each time", (_what, read) => {
  const costs = rememberCosts();
  expect(costs.read({ document }, variables, read)).toBe(3);
  expect(costs.find(document, undefined)).toBeUndefined();
  expect(costs.read({ document }, { n: 5, m: 1 }, () => 6)).toBe(6);
  expect(costs.find(document, undefined)).toBeUndefined();
});

test("what is refused is not remembered", () => {
  const costs = rememberCosts();
  const refuse = () => {
    throw new Error("too much");
  };
  expect(() => costs.read({ document }, variables, refuse)).toThrow("too much");
  expect(costs.find(document, undefined)).toBeUndefined();
});
