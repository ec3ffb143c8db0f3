import { type Column, cellOf } from "../chart/chart-rows.ts";
import { isNumeric } from "./order-rows.ts";
import type { AnswerTable } from "./read-tables.ts";

type Rows = Pick<AnswerTable, "columns" | "rows">;

/** RFC 4180 for programs: each value as it came, nested ones as JSON. */
export function toCsv({ columns, rows }: Rows): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    columns.map(({ name }) => quote(name)),
    ...rows.map((row) => columns.map(({ name }) => quote(toText(cellOf(row, name))))),
  ];
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}

/** Cells between tabs, to be pasted into a spreadsheet: codes stay text, and no text is a formula. */
export function toSpreadsheet({ columns, rows }: Rows): string {
  const quote = (text: string) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    columns.map(({ name }) => quote(name)),
    ...rows.map((row) => columns.map((column) => quote(toCell(column, cellOf(row, column.name))))),
  ];
  return lines.map((cells) => cells.join("\t")).join("\r\n");
}

const toText = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

function toCell(column: Column, value: unknown): string {
  const text = toText(value);
  if (column.kind === "date") return text;
  if (column.kind === "dateTime") return text.replace("T", " ").replace("Z", "");
  if (isNumeric(column)) return countDigits(text) > KEPT_DIGITS ? `="${text}"` : text;
  if (/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text)) return `'${text}`;
  return isTakenForNumber(text) ? `="${text}"` : text;
}

/** A spreadsheet holds numbers as floats, and turns further digits to zeros. */
const KEPT_DIGITS = 15;

const countDigits = (text: string): number => text.replace(/^[-+]?0*\.?0*/, "").replaceAll(/\D/g, "").length;

/** Whether a spreadsheet would make something else of a text: `00678`, `2024-01`, `1E5`, `MAR1`, `10:30`. */
const isTakenForNumber = (text: string): boolean =>
  /^\d[\d.,]*(e[-+]?\d+)?$/i.test(text) ||
  /^\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?$/.test(text) ||
  /^\d{1,2}:\d{2}(:\d{2})?$/.test(text) ||
  /^(\d{1,2}[-/. ]?)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}([-/. ]?\d{1,4})?$/i.test(
    text,
  );
