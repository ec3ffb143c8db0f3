import { expect, test } from "vitest";
import {
  average,
  count,
  countDistinct,
  defineCube,
  isCube,
  max,
  min,
  sum,
} from "../../../src/models/cube.ts";
import { boolean, date, dateTime, decimal, enumeration, int, string } from "../../../src/models/field.ts";
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
    iced: boolean("With ice.", { filter: true }),
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
    "soldOnWeekday",
  ]);
  expect(cube.cube.measureModel.fields.money).toMatchObject({ kind: "decimal", scale: 2, nullable: false });
});

test("a moment is grouped by its periods, and by the hour and the weekday as numbers", () => {
  const { dimensions } = defineCube({ ...tea, dimensions: ["soldAt"] }).cube;
  expect(Object.values(dimensions).map(({ name, type }) => [name, type.kind])).toEqual([
    ["soldAtHour", "int"],
    ["soldAtDay", "date"],
    ["soldAtWeek", "date"],
    ["soldAtMonth", "date"],
    ["soldAtQuarter", "date"],
    ["soldAtYear", "date"],
    ["soldAtWeekday", "int"],
  ]);
});

test("the least and the greatest of a field are of its kind, and null where there is none", () => {
  const measures = { least: min("price", ""), last: max("soldAt", ""), first: min("soldOn", "") };
  const { fields } = defineCube({ ...tea, measures }).cube.measureModel;
  expect(fields.least).toMatchObject({ kind: "decimal", scale: 2, nullable: true });
  expect(fields.last).toMatchObject({ kind: "dateTime", nullable: true });
  expect(fields.first).toMatchObject({ kind: "date", nullable: true });
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
  ["a yes or no as a dimension", { dimensions: ["iced" as const] }, /give the view a text/],
  ["the least text", { measures: { x: min("kind", "") } }, /least and the greatest string is told by no/],
  ["the greatest of a closed set", { measures: { x: max("fate", "") } }, /enumeration is told by no/],
  ["the least of a field that is no filter", { measures: { x: min("secret", "") } }, /must be a filter/],
])("%s is refused", (_what, wrong, message) => {
  expect(() => defineCube({ ...tea, ...wrong })).toThrow(message);
});
