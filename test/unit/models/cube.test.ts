import { expect, test } from "vitest";
import { average, count, countDistinct, defineCube, isCube, sum } from "../../../src/models/cube.ts";
import { date, dateTime, decimal, enumeration, int, string } from "../../../src/models/field.ts";
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
    fate: enumeration("Fate", "What became of it.", { drunk: "Gone.", spilt: "Lost." }, { filter: true }),
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
  [
    "a condition on what is no filter",
    { measures: { x: count("", { where: { secret: { eq: 1 } } }) } },
    /"secret" must be a filter/,
  ],
  [
    "a condition on a value that there never is",
    { measures: { x: count("", { where: { fate: { ne: "spillt" } } }) } },
    /"fate" is never "spillt", only drunk, spilt/,
  ],
  ["a condition that says nothing", { measures: { x: count("", { where: { fate: {} } }) } }, /says nothing/],
  [
    "a condition of another kind",
    { measures: { x: count("", { where: { cupId: { eq: "1" } } }) } },
    /must be a number/,
  ],
  [
    "a condition on null of what is never null",
    { measures: { x: count("", { where: { price: { isNull: false } } }) } },
    /"price" asks for null, which the field never is/,
  ],
  [
    "an average of other facts than it counts",
    {
      measures: {
        all: count(""),
        sold: sum("price", "", { where: { fate: { ne: "spilt" } } }),
        x: average("sold", "all", 2, ""),
      },
    },
    /"sold" and "all" have other conditions/,
  ],
  ["a moment as a dimension", { dimensions: ["soldAt" as const] }, /give the view a date/],
])("%s is refused", (_what, wrong, message) => {
  expect(() => defineCube({ ...tea, ...wrong })).toThrow(message);
});
