import { expect, test } from "vitest";
import { readAccept } from "../../../src/graphql/files/file-format.ts";

test.each([
  [undefined, undefined],
  ["*/*", undefined],
  ["application/json", undefined],
  ["text/csv", "csv"],
  ["TEXT/CSV; header=present", "csv"],
  ["application/x-ndjson", "ndjson"],
  ["application/vnd.apache.parquet, */*;q=0.1", "parquet"],
  ["application/json, text/csv", undefined],
  ["application/json;q=0.5, text/csv", "csv"],
  ["text/csv;q=0.2, application/x-ndjson;q=0.3", "ndjson"],
  ["text/csv;q=0", undefined],
  ["text/csv;q=x", undefined],
  ["text/csv-schema", undefined],
  ["application/parquet", undefined],
])("accept %s wants %s", (accept, format) => {
  expect(readAccept(accept)?.format).toBe(format);
});

test("parameters choose the form of spreadsheets, and numbers as texts", () => {
  expect(readAccept("text/csv; excel=true")?.options).toEqual({ excel: true });
  expect(readAccept("text/csv; excel=no")?.options).toEqual({ excel: false });
  expect(readAccept("application/x-ndjson;numbers=text")?.options).toEqual({ textNumbers: true });
});
