import { expect, test } from "vitest";
import { count, defineCube } from "../../../src/models/cube.ts";
import { date, int, object } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";

const judged = defineModel({
  name: "judged",
  typeName: "Judged",
  description: "Judged.",
  key: "bedId",
  fields: { bedId: int("Number.") },
});
const garden = defineDomain({ name: "garden", description: "A garden.", models: [judged] });

test("a definition whose key is no field is told by model, key and remedy", () => {
  expect(() => defineModel({ ...judged, key: "sun" as "bedId" })).toThrow(
    'Model judged: key "sun" must be an int, bigint or string field.',
  );
});

test.each([
  ["another field has", { a: int("A.", { formerly: "b" }), b: int("B.") }, /a field was called "b"/],
  [
    "two had, at any depth",
    { in: object("In", "In.", { a: int("A.", { formerly: "c" }), b: int("B.", { formerly: "c" }) }) },
    /a field was called "c"/,
  ],
  ["is no name", { a: int("A.", { formerly: "a_b" }) }, /field "a_b" must be camelCase/],
])("a former name that %s is refused", (_what, fields, message) => {
  expect(() =>
    defineModel({ ...judged, key: "bedId", fields: { bedId: int("Number."), ...fields } }),
  ).toThrow(message);
});

test("a former name of a dimension, or of its period, that a measure has is refused", () => {
  const cube = (formerly: string) =>
    defineCube({
      ...{ name: "cuts", typeName: "Cut", description: "Cuts.", key: "cutId" },
      fields: { cutId: int("Number."), cutOn: date("Day.", { filter: true, formerly }) },
      dimensions: ["cutOn"],
      measures: { madeMonth: count("Cuts.") },
    });
  expect(() => cube("made")).toThrow(
    '"cutOnMonth" was called "madeMonth", which is a name of another thing.',
  );
  expect(() => cube("sawn")).not.toThrow();
});

test("two models of one name in two domains are told by every command, when the project is loaded", () => {
  const other = defineDomain({ name: "yard", description: "A yard.", models: [judged] });
  expect(() => defineProject({ sql: "sql", domains: [garden, other] })).toThrow(
    /^Domain garden's model judged and domain yard's model judged both make the model judged\. Give one of them another name or exportName\./,
  );
});
