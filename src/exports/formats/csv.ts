import { Readable } from "node:stream";
import { stringify } from "csv-stringify";
import type { Document } from "../../models/model.ts";
import { type StoredField, storedFields } from "../../stores/conversion/stored-fields.ts";
import { isNumeric } from "../json-text.ts";
import type { Format, Rows } from "./format.ts";

/**
 * A header and one record per document, as RFC 4180 has it, with LF: cells that hold a comma, a quote, a carriage return
 * or a line feed are quoted. Nested values are JSON text, null is an empty cell and an empty text is `""`.
 *
 * For spreadsheets (`excel`): a byte order mark and CRLF, moments as `2024-12-31 23:59:59.000` (UTC), texts that a
 * spreadsheet would take for a number or a date as `="00678"`, numbers of more digits than it keeps likewise, and an
 * apostrophe before texts that it would take for a formula.
 */
export const csv: Format = {
  extension: "csv",
  encode: (model, documents, { excel = false }) => encodeCsv(model, documents, excel),
};

function encodeCsv(model: Rows, documents: AsyncIterable<Document>, excel: boolean): AsyncIterable<string> {
  const fields = storedFields(model.fields);
  const writer = stringify({
    header: true,
    columns: fields.map(([name]) => ({ key: name })),
    record_delimiter: excel ? "\r\n" : "\n",
    bom: excel,
    // A lone carriage return ends a record for many readers.
    quoted_match: /^$|[\r\n]/,
    cast: {
      boolean: (value) => (value ? "true" : "false"),
      object: (value) => JSON.stringify(value),
      ...(excel ? toSpreadsheetCasts(new Map(fields)) : {}),
    },
  });
  const source = Readable.from(documents);
  source.on("error", (error) => writer.destroy(error));
  writer.on("close", () => source.destroy());
  source.pipe(writer);
  writer.setEncoding("utf8");
  return writer;
}

/** Canonical documents hold all but small numbers, flags and nested values as strings. */
function toSpreadsheetCasts(fields: ReadonlyMap<string, StoredField>) {
  return {
    string: (value: string, { header, column }: { header: boolean; column?: string | number }) => {
      const field = fields.get(String(column));
      return header || field === undefined ? value : toCell(field, value);
    },
  };
}

function toCell(field: StoredField, value: string): string {
  if (field.kind === "dateTime") return value.replace("T", " ").replace("Z", "");
  if (field.kind === "date") return value;
  if (isNumeric(field)) return countDigits(value) > KEPT_DIGITS ? `="${value}"` : value;
  if (/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value)) return `'${value}`;
  return isTakenForNumber(value) ? `="${value}"` : value;
}

/** A spreadsheet holds numbers as floats, and turns further digits to zeros. */
const KEPT_DIGITS = 15;

const countDigits = (value: string): number =>
  value.replace(/^[-+]?0*\.?0*/, "").replaceAll(/\D/g, "").length;

const month = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const looksLikeDate = new RegExp(
  `^(?:\\d{1,4}[-/.]\\d{1,2}(?:[-/.]\\d{1,4})?|(?:\\d{1,2}[-/. ]?)?(?:${month})[a-z]{0,6}[-/. ]?\\d{1,4}|\\d{1,2}[-/. ]?(?:${month}))$`,
  "i",
);

/** Whether a spreadsheet would make something else of this text: `00678`, `2024-01`, `1E5`, `MAR1`, `10:30`. */
const isTakenForNumber = (value: string): boolean =>
  value.length <= 40 &&
  (/^\d[\d.,]*(?:e[-+]?\d+)?$/i.test(value) ||
    /^\d{1,2}:\d{2}(?::\d{2})?$/.test(value) ||
    looksLikeDate.test(value));
