import fc from "fast-check";
import { expect, test } from "vitest";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import { orderFact } from "../../../src/domains/softcart/models/order-fact.ts";
import { defineRollUp } from "../../../src/models/roll-up.ts";
import { toPartsQuery } from "../../../src/stores/converted-cube.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import { toRolledQuery } from "../../../src/stores/plan-roll-up.ts";
import { suggestRollUp } from "../../../src/stores/suggest-roll-up.ts";
import { stalls } from "../../support/market/models.ts";

const plain: CubeQuery = {
  sets: [["state"]],
  measures: ["revenue"],
  where: null,
  having: null,
  orderBy: [],
  limit: 100,
  withTies: false,
};
const compare = (field: string, operator: string, value: string | number): Filter =>
  ({ kind: "compare", field, operator, value }) as Filter;

test.each<[title: string, query: Partial<CubeQuery>, by: readonly string[]]>([
  ["what it groups by", {}, ["state"]],
  ["every set", { sets: [["city"], ["state", "status"]] }, ["city", "state", "status"]],
  [
    "the coarsest period that says all",
    { sets: [["placedOnYear"], ["placedOnQuarter"]] },
    ["placedOnQuarter"],
  ],
  ["days where weeks and months meet", { sets: [["placedOnWeek", "placedOnMonth"]] }, ["placedOn"]],
  ["what it filters by", { where: compare("zip", "startsWith", "7") }, ["state", "zip"]],
  [
    "a period whose border it filters by",
    { where: compare("placedOn", "gte", "2024-04-01") },
    ["state", "placedOnQuarter"],
  ],
  [
    "a year, of the first of January",
    { where: compare("placedOn", "lt", "2024-01-01") },
    ["state", "placedOnYear"],
  ],
  ["days, of any other day", { where: compare("placedOn", "lt", "2024-01-03") }, ["state", "placedOn"]],
  [
    "what a distinct count needs",
    { sets: [["productId"]], measures: ["customers"] },
    ["productId", "customerId"],
  ],
  ["of a total the coarsest that there is", { sets: [[]] }, ["placedOnYear"]],
])("names %s", (_title, query, by) => {
  const suggestion = suggestRollUp(sales, { ...plain, ...query });
  expect(suggestion).toMatchObject({ rollUp: { by } });
});

test("names a dimension once where another one follows from it", () => {
  const asked = { ...plain, sets: [["countryName", "countryId", "placedOnYear"]], measures: ["amount"] };
  const where = compare("categoryName", "eq", "Books");
  expect(suggestRollUp(orderFact, { ...asked, where })).toMatchObject({
    rollUp: { by: ["countryId", "placedOnYear", "categoryName"] },
  });
});

test.each<[title: string, query: Partial<CubeQuery>, reason: RegExp]>([
  [
    "a filter on what is no dimension",
    { where: compare("orderId", "eq", 1) },
    /filters by "orderId", which is no dimension/,
  ],
  [
    "a distinct count of what is none",
    { sets: [["productId"]], measures: ["orders"] },
    /"orders" counts orderId/,
  ],
  ["no measure", { measures: [] }, /no measure/],
])("says why there is none for %s", (_title, query, reason) => {
  expect(suggestRollUp(sales, { ...plain, ...query })).toEqual({ reason: expect.stringMatching(reason) });
});

test("whatever it names can be declared, and covers the question", () => {
  const filters = fc.constantFrom(
    compare("placedOn", "gte", "2024-02-01"),
    compare("placedOn", "lte", "2024-03-03"),
    compare("placedOn", "eq", "2024-03-03"),
    compare("state", "contains", "T"),
    { kind: "isNull", field: "placedOn", isNull: true } as const,
  );
  const query = fc.record({
    sets: fc.array(fc.subarray(Object.keys(sales.cube.dimensions), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    }),
    measures: fc.subarray(Object.keys(sales.cube.measures), { minLength: 1 }),
    where: fc.option(
      fc.record({ kind: fc.constantFrom("and" as const, "or" as const), filters: fc.array(filters) }),
    ),
  });
  let named = 0;
  fc.assert(
    fc.property(query, (some) => {
      const asked = { ...plain, ...some };
      const suggestion = suggestRollUp(sales, asked);
      if (!("rollUp" in suggestion)) return;
      named += 1;
      expect(toRolledQuery(defineRollUp(sales, suggestion.rollUp), asked)).not.toBeNull();
    }),
    { numRuns: 500 },
  );
  expect(named).toBeGreaterThan(100);
});

test("what it names for money has the currency that the measure requires, whether it is grouped or filtered by", () => {
  const ofStalls = { ...plain, sets: [["stall"]], measures: ["perSale"] };
  const narrowed = { ...ofStalls, where: compare("currency", "eq", "GBP") };
  for (const query of [
    narrowed,
    { ...ofStalls, sets: [["stall", "currency"]] },
    toPartsQuery(stalls, ofStalls),
  ]) {
    const suggestion = suggestRollUp(stalls, query);
    expect("rollUp" in suggestion && defineRollUp(stalls, suggestion.rollUp).rollUp.measures).toEqual([
      "amount",
      "sales",
    ]);
  }
});
