import { expect, test } from "vitest";
import { int } from "../../../src/models/field.ts";
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

test("two models of one name in two domains are told by every command, when the project is loaded", () => {
  const other = defineDomain({ name: "yard", description: "A yard.", models: [judged] });
  expect(() => defineProject({ sql: "sql", domains: [garden, other] })).toThrow(
    /^Domain garden's model judged and domain yard's model judged both make the model judged\. Give one of them another name or exportName\./,
  );
});
