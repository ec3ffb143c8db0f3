import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { readCost } from "../../../src/graphql/limits.ts";

const cost = (query: string, variables = {}) => readCost(parse(query), null, variables);

describe("The cost of a query", () => {
  test("multiplies fields by the page sizes above them", () => {
    expect(cost("{ parcel(id: 1) { town items { name } } }")).toBe(4);
    expect(cost("{ parcelConnection { nodes { town } } }")).toBe(1 + 20 * 2);
    expect(cost("{ parcelHistory(id: 1) { nodes { validFrom } } }")).toBe(1 + 20 * 2);
    expect(cost("{ parcelConnection(first: 100) { nodes { town } } }")).toBe(1 + 100 * 2);
    expect(cost("query($n: Int) { parcelConnection(last: $n) { nodes { town } } }", { n: 500 })).toBe(1001);
  });

  test("counts a totalCount as a hundred fields", () => {
    expect(cost("{ parcelConnection(first: 1) { totalCount } }")).toBe(101);
    expect(cost("{ parcelConnection(first: 500) { totalCount nodes { town } } }")).toBe(1 + 100 + 500 * 2);
  });

  test("walks a fragment once, however often it is spread", () => {
    const doublings = Array.from(
      { length: 40 },
      (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
    );
    const query = `{ ...F0 } ${doublings.join(" ")} fragment F40 on Query { parcel(id: 1) { town } }`;
    expect(cost(query)).toBe(2 * 2 ** 40);
  });

  test("leaves sizes out of range to the resolver, which names the argument", () => {
    expect(cost("{ parcelConnection(first: 100000) { nodes { town } } }")).toBe(3);
    expect(cost("{ parcelConnection(first: -1) { nodes { town } } }")).toBe(3);
  });
});
