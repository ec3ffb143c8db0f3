import { decodeBytes, encodeBytes } from "./check-text.ts";
import type { FileRecord, RecordShape } from "./file-record.ts";

/** As wide as the columns of staging tables are, in letters: no value is cut there. */
const longestValue = 500;
const longestRest = 1000;

/**
 * How the server reads staging lines: fields and lines end in one way only, and whatever could be taken for an
 * end is escaped. There are no quotes, so nothing depends on where one is closed, and no word that means null.
 */
export const stagingFormat = "fields terminated by '\\t' escaped by '\\\\' lines terminated by '\\n'";

/** What `toStagingLine` writes, in this order. */
export const stagingColumns = ({ targets }: RecordShape): readonly string[] => [
  "row_number",
  ...targets.map(({ column }) => column),
  "rest",
  "fault",
];

/**
 * A record as a line of `stagingFormat`, one character per byte: line number, values, rest, fault. What is wrong
 * with its shape stands in `fault`, with the text of the record in `rest`, or as `column: reason` when only one
 * value is too long to be staged.
 */
export function toStagingLine(record: FileRecord, { columns, targets }: RecordShape): string {
  const { line, text, fields } = record;
  const fault =
    record.problem ??
    (fields.length === columns ? undefined : `${fields.length} columns instead of ${columns}`);
  if (fault !== undefined)
    return `${line}${"\t\\N".repeat(targets.length)}\t${toEscaped(cut(text, longestRest))}\t${toEscaped(fault)}\n`;
  let result = String(line);
  if (text.length <= longestValue && !hasSpecial.test(text)) {
    for (const { index } of targets) result += `\t${fields[index] ?? "\\N"}`;
    return `${result}\t\\N\t\\N\n`;
  }
  let tooLong: string | undefined;
  for (const { index, name } of targets) {
    const field = fields[index] ?? null;
    if (field === null) {
      result += "\t\\N";
      continue;
    }
    const value = field.length > longestValue ? cut(field, longestValue) : field;
    if (value.length < field.length) tooLong ??= name;
    result += `\t${toEscaped(value)}`;
  }
  const reason =
    tooLong === undefined
      ? "\\N"
      : toEscaped(encodeBytes(`${tooLong}: is longer than ${longestValue} letters`));
  return `${result}\t\\N\t${reason}\n`;
}

/** Whether a record was rejected for its shape. */
export const isMalformed = (record: FileRecord, { columns }: RecordShape): boolean =>
  record.problem !== undefined || record.fields.length !== columns;

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\\": "\\\\",
};

/** Exactly the characters that the server gives a meaning. */
const special = /[\0\t\n\r\\]/g;
const hasSpecial = /[\0\t\n\r\\]/;

const toEscaped = (value: string): string =>
  !hasSpecial.test(value) ? value : value.replace(special, (byte) => escapes[byte] ?? byte);

/** At most so many letters: a letter is one to four bytes, and is not cut. */
function cut(bytes: string, letters: number): string {
  if (bytes.length <= letters) return bytes;
  const text = decodeBytes(bytes);
  const points = [...text];
  return points.length <= letters ? bytes : encodeBytes(points.slice(0, letters).join(""));
}
