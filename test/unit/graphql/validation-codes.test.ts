import { GraphQLError, type GraphQLSchema, parse, specifiedRules, type validate } from "graphql";
import { expect, test } from "vitest";
import { createLimits } from "../../../src/graphql/limits.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { post } from "./shop.ts";

type Validate = typeof validate;

/** The codes with which a document is refused, whether the rules report or throw. */
const codesOf = (query: string) => refusalsOf(query).map(({ extensions }) => extensions.code);

function refusalsOf(query: string, schema: GraphQLSchema = createSchema(post)): readonly GraphQLError[] {
  let check: Validate | undefined;
  createLimits({ maxDepth: 4, maxCost: 100, maxTokens: 200, maxAliases: 2 }).onValidate?.({
    setValidationFn: (given: Validate) => {
      check = given;
    },
  } as never);
  try {
    return check?.(schema, parse(query), specifiedRules) ?? [];
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

test.each(["skip", "include"])(
  "a rule of the specification that throws is a query that does not fit, not a limit: @%s at the root of a subscription",
  (directive) => {
    const field = `personChanged(ids: ["1"]) @${directive}(if: $s) { id }`;
    expect(codesOf(`subscription($s: Boolean!) { ${field} }`)).toEqual(["QUERY_INVALID"]);
    // The variable may well have a value: it is not that which is wrong.
    expect(refusalsOf(`subscription($s: Boolean!) { ${field} }`)[0]?.message).toMatch(
      /^The root field of a subscription takes no @skip or @include/,
    );
    expect(codesOf(`subscription($s: Boolean!) { ...F } fragment F on Subscription { ${field} }`)).toEqual([
      "QUERY_INVALID",
    ]);
  },
);

test.each([
  ["one field", `{ parcel(id: 1) { ${"town ".repeat(101)} } }`],
  ["a field that is none", `{ parcel(id: 1) { ${"nope ".repeat(101)} } }`],
  ["selections that are merged", `{ ${`parcel(id: 1) { ${"town ".repeat(11)} } `.repeat(10)} }`],
  [
    "within fragments of no type",
    `{ parcel(id: 1) { ... { ${"town ".repeat(60)} } ... on Parcel { ${"town ".repeat(60)} } } }`,
  ],
  [
    "fragments",
    `{ parcel(id: 1) { ...A ...B } } fragment A on Parcel { ${"town ".repeat(60)} } fragment B on Nope { ${"town ".repeat(60)} }`,
  ],
])(
  "a place that names one answer hundreds of times is refused before its pairs are compared: %s",
  (_what, query) => {
    expect(refusalsOf(query)).toMatchObject([
      { message: expect.stringMatching(/more than 100 times/), extensions: { code: "LIMIT_EXCEEDED" } },
    ]);
  },
);

test("a name that stands once in each of many places is no repetition", () => {
  const places = Array.from({ length: 60 }, (_, n) => `fragment f${n} on Parcel { parcelId town }`);
  const codes = codesOf(
    `{ parcel(id: 1) { ...f0 } parcelConnection { nodes { town } } } ${places.join(" ")}`,
  );
  expect(codes.filter((code) => code === "LIMIT_EXCEEDED")).toEqual([]);
});

test("limits keep their code, whatever else is wrong with the document", () => {
  expect(codesOf("{ parcel(id: 1) { person { name } owner { name } items { name } } }")).toEqual([]);
  expect(
    codesOf("{ a: parcel(id: 1) { town } b: parcel(id: 2) { town } c: parcel(id: 3) { nothing } }"),
  ).toEqual(["LIMIT_EXCEEDED"]);
  expect(codesOf("{ parcelConnection { edges { node { person { name nothing } } } } }")).toEqual([
    "LIMIT_EXCEEDED",
  ]);
  expect(codesOf("{ parcel(id: 1) { nothing } }")).toEqual(["QUERY_INVALID"]);
});
