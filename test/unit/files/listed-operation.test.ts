import { getOperationAST, parse, print, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { flattenRows } from "../../../src/graphql/files/flatten-rows.ts";
import { findList } from "../../../src/graphql/files/listed-operation.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { post } from "../graphql/shop.ts";

const schema = createSchema(post);

function listOf(query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error("There is one operation.");
  return findList(schema, document, operation, variables);
}
const kindsOf = (fields: Readonly<Record<string, { readonly kind: string; readonly nullable: boolean }>>) =>
  Object.entries(fields).map(([name, { kind, nullable }]) => `${name}: ${kind}${nullable ? "" : "!"}`);

describe("The rows of a list", () => {
  const all = `{ parcelConnection { totalCount nodes {
    parcelId town price code sentOn fate seenAt items { name } ...Owner
    ... on Parcel { person @skip(if: false) { name } } weight @include(if: false)
  } } }
  fragment Owner on Parcel { owner { id: ownerId who: name __typename } }`;

  test("have the kinds of the model, closed sets being texts, and the keys of the answer", () => {
    const { fields } = listOf(all);
    expect(kindsOf(fields)).toEqual([
      "parcelId: int!",
      "town: string!",
      "price: decimal",
      "code: bigint!",
      "sentOn: date",
      "fate: string",
      "seenAt: dateTime",
      "items: list!",
      "owner: object!",
      "person: object",
    ]);
    expect(fields.price).toMatchObject({ scale: 2 });
  });

  test("are flat for columns: an object that may be missing makes its columns nullable", () => {
    const flat = flattenRows(listOf(all).fields);
    expect(kindsOf(flat.fields).slice(-4)).toEqual([
      "items: list!",
      "owner.id: int!",
      "owner.who: string!",
      "person.name: string",
    ]);
    expect(flat.flatten({ parcelId: 1, owner: { id: 7, who: "Ada" }, person: null })).toMatchObject({
      parcelId: 1,
      "owner.id": 7,
      "owner.who": "Ada",
      "person.name": null,
    });
  });

  test("are those of edges, or one object, as well", () => {
    expect(
      Object.keys(
        flattenRows(listOf("{ parcelConnection { edges { cursor node { town } } } }").fields).fields,
      ),
    ).toEqual(["cursor", "node.town"]);
    expect(listOf("{ parcel(id: 1) { town } }").read({ parcel: { town: "Bath" } })).toEqual({
      rows: [{ town: "Bath" }],
      next: null,
    });
    expect(kindsOf(listOf("{ parcelConnection { totalCount } }").fields)).toEqual(["totalCount: int!"]);
  });
});

describe("The operation of a page", () => {
  test("asks for the rows alone, as many and from where ours says, and is valid", () => {
    const list = listOf(
      "query Q($t: String, $n: Int) { p: parcelConnection(first: $n, orderBy: [TOWN_ASC], where: { town: { eq: $t } }) { totalCount nodes { town person { name } } } }",
      { t: "Bath", n: 7 },
    );
    expect(print(list.document)).toBe(`query Q($t: String, $n: Int, $__first: Int, $__after: String) {
  p: parcelConnection(
    orderBy: [TOWN_ASC]
    where: {town: {eq: $t}}
    first: $__first
    after: $__after
  ) {
    nodes {
      town
      person {
        name
      }
    }
    __page: pageInfo {
      hasNextPage
      endCursor
    }
  }
}`);
    expect(list).toMatchObject({
      name: "Q",
      root: "p",
      wanted: 7,
      isPaged: true,
      most: 500,
      plain: undefined,
    });
    expect(list.variablesOf(5, "c")).toEqual({ t: "Bath", n: 7, __first: 5, __after: "c" });
    expect(list.costOf(11) - list.costOf(10)).toBe(list.costOf(2) - list.costOf(1));
    const page = { hasNextPage: true, endCursor: "d" };
    expect(list.read({ p: { nodes: [{ town: "Bath" }], __page: page } })).toEqual({
      rows: [{ town: "Bath" }],
      next: "d",
    });
  });

  test.each([
    [
      "{ parcelConnection(last: 3) { nodes { town } } }",
      { isPaged: false, most: undefined, wanted: undefined },
    ],
    ["{ runs { name } }", { isPaged: false, most: 500, wanted: undefined }],
    ["{ runs(first: 3) { name } }", { isPaged: false, most: undefined }],
    ["{ parcelHistory(id: 1) { nodes { validFrom } } }", { isPaged: true, most: 100 }],
  ])("%s", (query, expected) => {
    expect(listOf(query)).toMatchObject(expected);
  });
});

describe("A list without pages", () => {
  test.each([
    ["{ parcelConnection { nodes { town owner { name } } } }", true],
    ["{ parcelConnection(orderBy: [PARCEL_ID_ASC], first: 9) { nodes { town } } }", true],
    ["{ parcelConnection(orderBy: [PARCEL_ID_DESC]) { nodes { town } } }", false],
    ["{ parcelConnection(orderBy: [TOWN_ASC]) { nodes { town } } }", false],
    ["{ parcelConnection { nodes { person { name } } } }", false],
    ["{ parcelConnection { edges { node { town } } } }", false],
    ["{ parcelConnection { nodes { town @skip(if: true) price } } }", false],
    ['{ parcelConnection(after: "x") { nodes { town } } }', false],
    ["{ parcelConnection(first: -1) { nodes { town } } }", false],
  ])("%s: %s", (query, isPlain) => {
    expect(listOf(query).plain !== undefined).toBe(isPlain);
  });

  test("asks for the fields that are selected, and refuses a condition without a value", async () => {
    const { plain } = listOf(
      "query ($t: String) { parcelConnection(source: LIVE where: { town: { eq: $t } }) { nodes { place: town fate } } }",
      { t: "Bath" },
    );
    expect(plain?.asked(undefined)).toMatchObject({
      fields: ["parcelId", "town", "fate"],
      where: { kind: "compare", field: "town", value: "Bath" },
      demand: { source: "LIVE" },
    });
    expect(await plain?.show({ parcelId: 1, town: "Bath", fate: "on its way" })).toEqual({
      place: "Bath",
      fate: "underway",
    });
    const missing = listOf(
      "query ($t: String) { parcelConnection(where: { town: { eq: $t } }) { nodes { town } } }",
    );
    expect(() => missing.plain?.asked(undefined)).toThrow("$t has no value");
  });
});
