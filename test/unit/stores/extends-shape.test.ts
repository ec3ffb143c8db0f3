import { expect, it } from "vitest";
import { bigint, decimal, type Fields, int, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { extendsShape } from "../../../src/stores/mongodb/extends-shape.ts";
import { shapeText } from "../../../src/stores/mongodb/mirror-schema.ts";

const part = { name: string("Name."), price: decimal("Price.", 2) };
const base = {
  id: int("Id."),
  name: string("Name.", { nullable: true }),
  best: object("Best", "The best part.", part),
  parts: list("Parts.", object("Part", "A part.", part)),
};
const shapeOf = (fields: Fields, key = "id") =>
  shapeText(defineModel({ name: "thing", typeName: "Thing", description: "A thing.", key, fields }));
const extended = (fields: Fields, key?: string) => extendsShape(shapeOf(fields, key), shapeOf(base));

it("is extended by itself, and by fields added anywhere, at any depth", () => {
  const more = { ...part, colour: string("Colour.") };
  expect(extended(base)).toBe(true);
  expect(extended({ first: int("First."), ...base, last: int("Last.") })).toBe(true);
  expect(extended({ ...base, best: object("Best", "The best part.", more) })).toBe(true);
  expect(extended({ ...base, parts: list("Parts.", object("Part", "A part.", more)) })).toBe(true);
});

it.each<[string, Fields, string?]>([
  ["a field dropped", { id: base.id, best: base.best, parts: base.parts }],
  ["another kind", { ...base, name: int("Name.", { nullable: true }) }],
  ["a field that may be null no more", { ...base, name: string("Name.") }],
  [
    "a field that may be null now",
    { ...base, best: object("Best", "The best part.", part, { nullable: true }) },
  ],
  [
    "another scale, deep down",
    { ...base, best: object("Best", "Best.", { ...part, price: decimal("Price.", 3) }) },
  ],
  ["a list of something else", { ...base, parts: list("Parts.", string("A part.")) }],
  [
    "another order: the hash of its documents is another",
    { name: base.name, id: base.id, best: base.best, parts: base.parts },
  ],
  ["another kind of id", { ...base, id: bigint("Id.") }],
  ["another key", { ...base, other: int("Id.") }, "other"],
])("is not extended by %s", (_, fields, key) => {
  expect(extended(fields, key)).toBe(false);
});
