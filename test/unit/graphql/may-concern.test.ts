import { describe, expect, test } from "vitest";
import { mayConcern } from "../../../src/graphql/may-concern.ts";
import { count, defineCube } from "../../../src/models/cube.ts";
import { date, int, string } from "../../../src/models/field.ts";
import type { Filter } from "../../../src/stores/document-store.ts";

const filter = { filter: true, nullable: true } as const;
const cube = defineCube({
  name: "tea",
  typeName: "Tea",
  description: "Cups sold.",
  key: "cupId",
  fields: {
    cupId: int("Number."),
    kind: string("Kind of tea.", filter),
    shop: int("Shop.", filter),
    city: string("City of the shop.", filter),
    soldOn: date("Day.", filter),
  },
  dimensions: ["kind", "shop", "city", "soldOn"],
  determinedBy: { city: "shop" },
  measures: { cups: count("Cups.") },
  rollups: [{ by: ["soldOnMonth", "kind", "shop"], measures: ["cups"] }],
});
const [rollUp] = cube.cube.rollUps;
if (!rollUp) throw new Error("There is no roll-up.");
const concerns = mayConcern.bind(null, rollUp);
const group = (...values: readonly (string | null)[]) => JSON.stringify(values);
const is = (field: string, operator: "eq" | "gte" | "lt", value: string | number): Filter => ({
  kind: "compare",
  field,
  operator,
  value,
});

describe("A group of a roll-up that was written", () => {
  const march = group("2024-03-01", "green", "12");

  test("matters to a question without a condition", () => {
    expect(concerns(null, march)).toBe(true);
  });

  test.each([
    ["a text", is("kind", "eq", "green"), is("kind", "eq", "black")],
    ["a number", is("shop", "gte", 12), is("shop", "lt", 12)],
    ["a number exactly", is("shop", "eq", 12), is("shop", "eq", 1)],
    ["a number as a number", is("shop", "lt", 100), is("shop", "gte", 100)],
    ["a period", is("soldOnMonth", "gte", "2024-03-01"), is("soldOnMonth", "lt", "2024-03-01")],
  ])("matters by %s only where it fits", (_what, fitting, other) => {
    expect(concerns(fitting, march)).toBe(true);
    expect(concerns(other, march)).toBe(false);
    expect(concerns({ kind: "not", filter: other }, march)).toBe(true);
    expect(concerns({ kind: "and", filters: [fitting, other] }, march)).toBe(false);
    expect(concerns({ kind: "or", filters: [fitting, other] }, march)).toBe(true);
  });

  test("matters by what has no value", () => {
    const none = group("2024-03-01", null, null);
    expect(concerns({ kind: "isNull", field: "kind", isNull: true }, none)).toBe(true);
    expect(concerns(is("shop", "gte", 0), none)).toBe(false);
  });

  test("matters where its key does not tell, or is none", () => {
    expect(concerns(is("city", "eq", "Rome"), march)).toBe(true);
    for (const id of ["null", "7", "[", group("2024-03-01"), "[1,2,3]", '{"a":1}'])
      expect(concerns(is("kind", "eq", "black"), id), id).toBe(true);
  });
});
