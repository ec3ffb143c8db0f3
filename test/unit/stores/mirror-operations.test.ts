import { expect, test } from "vitest";
import { int, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { prepareWrites } from "../../../src/stores/mongodb/mirror-operations.ts";

const model: DocumentModel = defineModel({
  name: "thing",
  typeName: "Thing",
  description: "A thing.",
  key: "id",
  fields: { id: int("Id."), text: string("Text.") },
});
const things = (count: number, text: string) =>
  Array.from({ length: count }, (_, id) => ({ id: String(id), document: { id, text } }));
const sizes = (count: number, text: string) =>
  prepareWrites(model, 1n, things(count, text)).chunks.map((chunk) => chunk.length);

test("a bulk write has at most 6 MB and 1,000 documents", () => {
  expect(sizes(2500, "")).toEqual([1000, 1000, 500]);
  expect(sizes(5, "x".repeat(2_900_000))).toEqual([2, 2, 1]);
});

test("a document that is larger than a bulk write is one of its own", () => {
  expect(sizes(2, "x".repeat(8_000_000))).toEqual([1, 1]);
});
