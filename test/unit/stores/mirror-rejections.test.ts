import { type BulkWriteResult, MongoBulkWriteError, type WriteError } from "mongodb";
import { expect, test } from "vitest";
import { int } from "../../../src/models/field.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { defineModel } from "../../../src/models/model.ts";
import { prepareWrites } from "../../../src/stores/mongodb/mirror-operations.ts";
import { readRejections } from "../../../src/stores/mongodb/mirror-rejections.ts";

const model: DocumentModel = defineModel({
  name: "thing",
  typeName: "Thing",
  description: "A thing.",
  key: "id",
  fields: { id: int("Id.") },
});
const [chunk = []] = prepareWrites(model, 1n, [{ id: "5", document: { id: 5 } }]).chunks;

/** What the driver throws when the server rejected the first operation, and perhaps the write concern too. */
function refusal(code: number, errmsg: string, concern?: string): MongoBulkWriteError {
  // The driver exports the type alone.
  const error = { index: 0, code, errmsg } as WriteError;
  // The only part of the result that is read.
  const result = { getWriteConcernError: () => (concern ? { errmsg: concern } : undefined) };
  return new MongoBulkWriteError({ message: errmsg, code, writeErrors: [error] }, result as BulkWriteResult);
}
const duplicate = "E11000 duplicate key error collection: x.thing index: _id_ dup key: { _id: 5 }";

test("a version as new or newer is met on `_id`, and nowhere else", () => {
  expect(readRejections(refusal(11000, duplicate), chunk)).toEqual({ newer: ["5"], rejected: [] });
  const other = duplicate.replace("_id_", "by_hand");
  expect(readRejections(refusal(11000, other), chunk)).toMatchObject({ newer: [], rejected: [{ id: "5" }] });
});

test("a write concern that was not met is an error, whatever else was rejected", () => {
  expect(() =>
    readRejections(refusal(11000, duplicate, "waiting for replication timed out"), chunk),
  ).toThrow();
});

test("any other error is thrown on", () => {
  expect(() => readRejections(refusal(13, "not authorized"), chunk)).toThrow("not authorized");
  expect(() => readRejections(new Error("something else"), chunk)).toThrow("something else");
});
