import { type FragmentDefinitionNode, getOperationAST, Kind, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { MAX_CONDITIONS, readCost } from "../../../src/graphql/field-cost.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { count, defineCube } from "../../../src/models/cube.ts";
import { int, link, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProject } from "../../../src/models/project.ts";
import market from "../../support/market/vitrine.config.ts";

const parcel = defineModel({
  name: "parcel",
  typeName: "Parcel",
  description: "Parcels.",
  key: "parcelId",
  fields: {
    parcelId: int("Number.", { filter: true }),
    town: string("Town."),
    items: list("What is in it.", object("ParcelItem", "A thing.", { name: string("Name.") })),
    stops: list(
      "Where it was.",
      object("ParcelStop", "A stop.", {
        parcelId: int("The same parcel."),
        parcel: link("parcel", { key: "parcelId" }),
      }),
      { expected: 50 },
    ),
  },
});
const weights = defineCube({
  name: "weights",
  typeName: "Weights",
  description: "Weights.",
  key: "weightId",
  fields: {
    weightId: int("Number."),
    town: string("Town.", { filter: true }),
    size: int("Size.", { filter: true }),
  },
  dimensions: ["town", "size"],
  measures: { howMany: count("How many.") },
});
const schema = createSchema(
  defineProject({
    sql: "sql",
    domains: [{ name: "post", description: "Parcels.", models: [parcel, weights], captured: [] }],
  }),
);

function cost(query: string, variables = {}, of = schema): number {
  const document = parse(query);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const operation = getOperationAST(document);
  if (!operation) throw new Error("no operation");
  return readCost({ schema: of }, operation, fragments, variables);
}

describe("The cost of a query", () => {
  test("multiplies fields by the page sizes above them", () => {
    expect(cost("{ parcel(id: 1) { town parcelId } }")).toBe(3);
    expect(cost("{ parcelConnection { nodes { town } } }")).toBe(101 + 20 * 2);
    expect(cost("{ parcelConnection(first: 100) { nodes { town } } }")).toBe(101 + 100 * 2);
    expect(cost("query($n: Int) { parcelConnection(last: $n) { nodes { town } } }", { n: 500 })).toBe(1101);
  });

  test("multiplies by the lists inside documents, and by those behind their links", () => {
    expect(cost("{ parcel(id: 1) { items { name } } }")).toBe(1 + 1 + 10);
    expect(cost("{ parcel(id: 1) { stops { parcel { stops { parcel { items { name } } } } } } }")).toBe(
      1 + 1 + 50 * (1 + 1 + 50 * (1 + 1 + 10)),
    );
  });

  test("of a history counts the steps through the past", () => {
    expect(cost("{ parcelHistory(id: 1) { nodes { validFrom } } }")).toBe(201 + 20 * 10 + 20 * 2);
  });

  test("of a cube counts its rows, its grouping sets and its conditions", () => {
    expect(cost("{ weights { howMany } }")).toBe(1 + 100 + 100);
    expect(cost("{ weights(first: 10000 groupBy: [TOWN]) { town howMany } }")).toBe(1 + 100 + 20_000);
    expect(cost("{ weights(first: 1 cube: [TOWN, SIZE]) { howMany } }")).toBe(1 + 400 + 1);
    expect(
      cost(
        `{ weights(first: 1 where: { town: { in: ["a", "b"] } } having: { howMany: { gt: 1 } }) { howMany } }`,
      ),
    ).toBe(1 + 100 + 30 + 1);
  });

  test("counts a totalCount as a hundred fields, once for the page", () => {
    expect(cost("{ parcelConnection(first: 1) { totalCount } }")).toBe(201);
    expect(cost("{ parcelConnection(first: 500) { totalCount nodes { town } } }")).toBe(101 + 100 + 500 * 2);
  });

  test("walks a fragment once, however often it is spread", () => {
    const doublings = Array.from(
      { length: 40 },
      (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
    );
    const query = `{ ...F0 } ${doublings.join(" ")} fragment F40 on Query { parcel(id: 1) { town } }`;
    expect(cost(query)).toBe(2 * 2 ** 40);
  });

  test("leaves out what @skip and @include leave out", () => {
    const query = "query($all: Boolean!) { parcelConnection { nodes { town @include(if: $all) parcelId } } }";
    expect(cost(query, { all: false })).toBe(101 + 20 * 2);
    expect(cost(query, { all: true })).toBe(101 + 20 * 3);
  });

  test("of a size out of range is that of the field alone: the resolver refuses it", () => {
    for (const size of [501, 100_000, -1])
      expect(cost(`{ parcelConnection(first: ${size}) { nodes { town } } }`)).toBe(1);
    expect(cost("{ weights(first: 10001) { howMany } }")).toBe(1);
    // A history too, whose versions are counted by what finding them takes.
    expect(cost("{ parcelHistory(id: 1, first: 101) { nodes { validFrom } } }")).toBe(1);
  });

  test("is that of all rows for a dimension that nothing is grouped by until it is selected", () => {
    const stalls = createSchema(market);
    const facts = "facts(first: 500) { nodes { saleId } }";
    for (const choice of [
      "orderBy: [CURRENCY_ASC AMOUNT_DESC]",
      "topPerGroup: { by: [CURRENCY], first: 5, orderBy: [CURRENCY_ASC] }",
    ]) {
      const of = (keys: string) =>
        cost(
          `{ stallSale(groupBy: [${keys}] ${choice} first: 10000) { stall currency amount ${facts} } }`,
          {},
          stalls,
        );
      expect(of("STALL")).toBe(of("STALL CURRENCY"));
      expect(of("STALL")).toBeGreaterThan(5_000_000);
    }
  });

  test("is there for a page without rows too: the store counts, and looks for a version, all the same", () => {
    expect(cost("{ parcelConnection(first: 0) { totalCount } }")).toBeGreaterThanOrEqual(100);
    expect(cost("{ parcelHistory(id: 1, first: 0) { nodes { validFrom } } }")).toBeGreaterThan(1);
  });

  test("refuses a filter of more conditions than a question has, before anything runs", () => {
    const towns = Array.from({ length: MAX_CONDITIONS + 1 }, (_, n) => `"${n}"`).join(" ");
    expect(() => cost(`{ weights(where: { town: { in: [${towns}] } }) { howMany } }`)).toThrow(
      /1000 conditions/,
    );
    expect(() =>
      cost(`{ parcelConnection(where: { parcelId: { in: [${"1 ".repeat(1001)}] } }) { totalCount } }`),
    ).toThrow(/1000 conditions/);
  });
});
