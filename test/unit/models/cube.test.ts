import { expect, test } from "vitest";
import { average, count, countDistinct, defineCube, isCube, sum } from "../../../src/models/cube.ts";
import { date, dateTime, decimal, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const tea = {
  name: "tea_sales",
  typeName: "TeaSales",
  description: "Cups sold.",
  key: "cupId",
  fields: {
    cupId: int("Number."),
    kind: string("Kind of tea.", { filter: true, nullable: true }),
    soldOn: date("Day.", { filter: true }),
    soldAt: dateTime("Moment.", { filter: true }),
    price: decimal("Price.", 2, { filter: true }),
    secret: int("Not a filter."),
  },
  dimensions: ["kind", "soldOn"],
  measures: { money: sum("price", "Money."), cups: count("Cups.") },
} as const;

test("a cube is a document model with dimensions; a date can be grouped by its periods", () => {
  const cube = defineCube(tea);
  expect(cube.kind).toBe("document");
  expect(isCube(cube)).toBe(true);
  expect(isCube(defineModel({ ...tea, key: "cupId" }))).toBe(false);
  expect(Object.keys(cube.cube.dimensions)).toEqual([
    "kind",
    "soldOn",
    "soldOnWeek",
    "soldOnMonth",
    "soldOnQuarter",
    "soldOnYear",
  ]);
  expect(cube.cube.measureModel.fields.money).toMatchObject({ kind: "decimal", scale: 2, nullable: false });
});

test.each([
  ["a field that is no filter", { measures: { x: sum("secret", "") } }, /"secret" must be a filter/],
  ["a field that is not there", { measures: { x: countDistinct("gone", "") } }, /"gone" must be a scalar/],
  ["the sum of a text", { measures: { x: sum("kind", "") } }, /has no sum/],
  ["an average of an average", { measures: { x: average("cups", "cups", 2, "") } }, /"cups" is not a sum/],
  ["a measure named as a dimension", { measures: { kind: count("") } }, /a dimension and a measure/],
  ["a moment as a dimension", { dimensions: ["soldAt" as const] }, /give the view a date/],
])("%s is refused", (_what, wrong, message) => {
  expect(() => defineCube({ ...tea, ...wrong })).toThrow(message);
});
