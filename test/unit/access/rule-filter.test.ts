import { describe, expect, it } from "vitest";
import { toRuleFilter } from "../../../src/access/rule-filter.ts";
import { claim } from "../../../src/models/access.ts";
import { boolean, date, dateTime, decimal, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const model = defineModel({
  name: "parcel",
  typeName: "Parcel",
  description: "A parcel.",
  key: "parcelId",
  fields: {
    parcelId: int("Number."),
    buyer: int("Buyer.", { filter: true }),
    town: string("Town.", { filter: true }),
    price: decimal("Price.", 2, { filter: true }),
    sentOn: date("Day.", { filter: true }),
    sentAt: dateTime("Moment.", { filter: true }),
    isOpen: boolean("Open.", { filter: true }),
    note: string("Note."),
  },
});
const fill = (rule: Parameters<typeof toRuleFilter>[1], claims: Record<string, unknown> = {}) =>
  toRuleFilter(model, rule, claims);

describe("a rule with the claims of whoever asks", () => {
  it("is the filter that a where would be", () => {
    expect(fill({ buyer: { eq: claim("me") } }, { me: 7 })).toEqual({
      kind: "compare",
      field: "buyer",
      operator: "eq",
      value: 7,
    });
    expect(
      fill(
        {
          or: [{ town: { in: claim("towns") } }, { not: { isOpen: { eq: false } } }],
          price: { gte: "1.50", lt: claim("most") },
          sentAt: { isNull: true },
        },
        { towns: ["Kiel", "Bonn"], most: 3 },
      ),
    ).toEqual({
      kind: "and",
      filters: [
        {
          kind: "or",
          filters: [
            { kind: "in", field: "town", negated: false, values: ["Kiel", "Bonn"] },
            {
              kind: "not",
              filter: { kind: "compare", field: "isOpen", operator: "eq", value: false },
            },
          ],
        },
        {
          kind: "and",
          filters: [
            { kind: "compare", field: "price", operator: "gte", value: "1.50" },
            { kind: "compare", field: "price", operator: "lt", value: "3.00" },
          ],
        },
        { kind: "isNull", field: "sentAt", isNull: true },
      ],
    });
    // A claim may be inside others, and has its own name first.
    const nested = { app: { "me.too": 1, me: 2 }, "app.me": 3 };
    const eq = (name: string) => fill({ buyer: { eq: claim(name) } }, nested);
    expect([eq("app.me"), eq("app.me.too")]).toMatchObject([{ value: 3 }, { value: 1 }]);
    // One town, and none: a list that is empty leaves nothing.
    expect(fill({ town: { in: claim("towns") } }, { towns: "Kiel" })).toMatchObject({ values: ["Kiel"] });
    expect(fill({ town: { in: claim("towns") } }, { towns: [] })).toMatchObject({ kind: "in", values: [] });
  });

  it.each([
    ["that is not there", { buyer: { eq: claim("me") } }, {}, 'no claim "me"'],
    ["that is null", { buyer: { eq: claim("me") } }, { me: null }, 'no claim "me"'],
    ["that every object has", { town: { eq: claim("constructor") } }, {}, 'no claim "constructor"'],
    ["that is a text where a number is meant", { buyer: { eq: claim("me") } }, { me: "7" }, '"me"'],
    ["that is no whole number", { buyer: { eq: claim("me") } }, { me: 7.5 }, '"me"'],
    ["that is beyond 32 bits", { buyer: { eq: claim("me") } }, { me: 2 ** 31 }, '"me"'],
    ["that is a list where one is meant", { buyer: { eq: claim("me") } }, { me: [7] }, '"me"'],
    [
      "that only its prototype has",
      { town: { eq: claim("a.constructor.name") } },
      { a: {} },
      '"a.constructor',
    ],
    ["that is nested", { town: { eq: claim("me") } }, { me: { eq: "Kiel" } }, '"me"'],
    ["of which one value is of another kind", { town: { in: claim("me") } }, { me: ["Kiel", 7] }, '"me"'],
    ["that is a list of lists", { town: { in: claim("me") } }, { me: [["Kiel"]] }, '"me"'],
    ["that has too many values", { buyer: { in: claim("me") } }, { me: Array(501).fill(1) }, "500"],
    ["that is no day", { sentOn: { eq: claim("me") } }, { me: "2024-02-30" }, '"me"'],
    ["that is no money", { price: { eq: claim("me") } }, { me: "1e3" }, '"me"'],
    ["that is true as a text", { isOpen: { eq: claim("me") } }, { me: "true" }, '"me"'],
    ["with half a character", { town: { eq: claim("me") } }, { me: "\ud83d" }, '"me"'],
  ])("is refused for a claim %s, which the sentence names", (_what, rule, claims, named) => {
    expect(() => fill(rule, claims)).toThrow(
      expect.objectContaining({ code: "FORBIDDEN", message: expect.stringContaining(named) as string }),
    );
  });

  it("never lets all rows through because it says nothing", () => {
    for (const rule of [{}, { and: [{}] }, { and: [] }, { buyer: {} }, { not: {} }, { note: { eq: "x" } }])
      expect(() => fill(rule)).toThrow(TypeError);
  });
});
