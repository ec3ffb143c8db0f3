import { describe, expect, test } from "vitest";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import { readCubeQuery } from "../../../src/graphql/cube-query.ts";
import { stalls } from "../../support/market/models.ts";

const read = (args: Parameters<typeof readCubeQuery>[1], ...selected: readonly string[]) =>
  readCubeQuery(sales, args, { names: new Set(selected), windows: [] });

describe("grouping sets", () => {
  test("nothing asked is one grand total", () => {
    expect(read({}).sets).toEqual([[]]);
  });

  test("groupBy is part of every set", () => {
    expect(read({ groupBy: ["status"], rollup: ["state", "city"] }).sets).toEqual([
      ["status", "state", "city"],
      ["status", "state"],
      ["status"],
    ]);
  });

  test("cube is every subset, larger ones first", () => {
    expect(read({ cube: ["state", "status"] }).sets).toEqual([
      ["state", "status"],
      ["state"],
      ["status"],
      [],
    ]);
  });

  test("groupingSets are taken as they are", () => {
    expect(read({ groupingSets: [["state"], []] }).sets).toEqual([["state"], []]);
  });
});

test("the measures are the ones selected, in the order of the model", () => {
  expect(read({ groupBy: ["state"] }, "units", "revenue", "state").measures).toEqual(["revenue", "units"]);
});

test("a dimension that some grouping set has may be selected, and so may what leads through it", () => {
  expect(() =>
    read({ groupingSets: [["state"], ["customerId"]] }, "state", "customerDocument"),
  ).not.toThrow();
});

test.each([
  ["state", "state"],
  ["placedOnMonth", "placedOnMonth"],
  ["customerDocument", "customerId"],
])("%s, when nothing is grouped by it, is refused instead of being null", (selected, dimension) => {
  expect(() => read({ groupBy: ["city", "placedOn"] }, "revenue", selected)).toThrow(
    expect.objectContaining({
      code: "BAD_INPUT",
      message: `${selected}: is null in every row, for nothing is grouped by ${dimension}. Add it to groupBy, or leave ${selected} out.`,
    }),
  );
});

test("having is a filter on measures, selected or not", () => {
  expect(read({ having: { revenue: { gte: "10" } } }).having).toEqual({
    kind: "compare",
    field: "revenue",
    operator: "gte",
    value: "10.00",
  });
});

test.each([
  [{ groupBy: ["state", "state"] }, "groupBy: names a dimension twice."],
  [{ rollup: ["state"], cube: ["city"] }, "rollup and cube: cannot be used together."],
  [
    { cube: ["productId", "state", "city", "zip", "placedOn", "customerId", "status"] },
    "cube: makes 128 grouping sets; at most 64 are allowed.",
  ],
  [{ groupingSets: [] }, "groupingSets: is empty; name at least one set."],
  [
    { orderBy: ["state desc"] },
    "orderBy: cannot sort by state, which nothing is grouped by. Add it to groupBy.",
  ],
  [{ withTies: true }, "withTies: needs orderBy, which says what is level."],
  [{ first: -1 }, "first: must be 0 to 10000, not -1."],
  [{ first: 10_001 }, "first: must be 0 to 10000, not 10001."],
])("%j is refused with a sentence", (args, message) => {
  expect(() => read(args)).toThrow(expect.objectContaining({ code: "BAD_INPUT", message }));
});

test("a dimension that is selected and required is in every set, each set once; one that is not selected is in none", () => {
  const ask = (args: Parameters<typeof readCubeQuery>[1], ...names: readonly string[]) =>
    readCubeQuery(stalls, args, { names: new Set(names), windows: [] }).sets;
  expect(ask({}, "amount", "currency")).toEqual([["currency"]]);
  expect(ask({ rollup: ["currency", "stall"] }, "perSale", "currency")).toEqual([
    ["currency", "stall"],
    ["currency"],
  ]);
  expect(ask({ groupBy: ["stall"], having: { amount: { gt: "1" } } }, "currency")).toEqual([
    ["stall", "currency"],
  ]);
  expect(ask({ groupBy: ["stall"] }, "amount")).toEqual([["stall"]]);
  expect(() => ask({ groupBy: ["stall"] }, "sales", "currency")).toThrow("nothing is grouped by currency");
});

test("where the filter leaves one value, subtotals across it stay; it is added only where no set has it", () => {
  const one = { currency: { eq: "GBP" } };
  const ask = (args: Parameters<typeof readCubeQuery>[1]) =>
    readCubeQuery(stalls, { where: one, ...args }, { names: new Set(["amount", "currency"]), windows: [] })
      .sets;
  expect(ask({ rollup: ["currency", "stall"] })).toEqual([["currency", "stall"], ["currency"], []]);
  expect(ask({ groupingSets: [["stall"], ["currency"]] })).toEqual([["stall"], ["currency"]]);
  expect(ask({ rollup: ["stall"] })).toEqual([["stall", "currency"], ["currency"]]);
  const two = { currency: { in: ["GBP", "EUR"] } };
  expect(ask({ where: two, rollup: ["currency", "stall"] })).toEqual([["currency", "stall"], ["currency"]]);
});
