import type { CsvFormat } from "../models/import-definition.ts";
import { byteOrderMark, checkText, inputError, isPlainAscii, longestLine } from "./check-text.ts";
import type { FileRecord } from "./file-record.ts";

/** A record over many lines is taken for an unclosed quote beyond this many bytes. */
const longestRecord = 65_536;
/** What splits and surrounds the values of a file. */
export type CsvDialect = Pick<CsvFormat, "delimiter" | "trim">;

/** A record of delimited text: it has no null. */
export interface CsvRecord extends FileRecord {
  readonly fields: readonly string[];
}

/**
 * Splits a delimited file into records (see RecordReader). LF, CRLF and CR CR LF (what
 * Python writes on Windows) end a record, a quoted field may hold any of them, doubled quotes are one. A record
 * whose quotes are broken is its first line alone. A byte order mark before a record is dropped, and so are lines
 * without a field that holds anything. Where values are trimmed, blanks may stand around quotes; within them they stay.
 *
 * @throws VitrineError IMPORT_INPUT for a binary file, text that is not UTF-8, or a line that does not end.
 */
export async function* readCsv(
  source: AsyncIterable<string>,
  file: string,
  { delimiter = ",", trim = false }: CsvDialect = {},
): AsyncGenerator<readonly CsvRecord[]> {
  const dialect = { delimiter, blanks: trim ? (delimiter === "\t" ? " " : " \t") : "" };
  let left = "";
  let line = 1;
  for await (const chunk of source) {
    const input = left + chunk;
    const split = splitRecords(input, { line, isLast: false, file, dialect });
    if (input.length - split.used > longestLine)
      throw inputError(file, split.line, "the line does not end within 1 MiB. Is this a CSV file?");
    line = split.line;
    left = input.slice(split.used);
    yield split.records;
  }
  yield splitRecords(left, { line, isLast: true, file, dialect }).records;
}

interface Split {
  readonly records: readonly CsvRecord[];
  /** Characters of the input that belong to complete records. */
  readonly used: number;
  readonly line: number;
}

interface Dialect {
  readonly delimiter: string;
  /** What is left out around values. */
  readonly blanks: string;
}

interface Place {
  readonly line: number;
  /** Nothing comes behind the input. */
  readonly isLast: boolean;
  readonly file: string;
  readonly dialect: Dialect;
}

function splitRecords(input: string, { line: firstLine, isLast, file, dialect }: Place): Split {
  const records: CsvRecord[] = [];
  let line = firstLine;
  let start = 0;
  let quoteAt = input.indexOf('"');
  // Looked for once per chunk: record by record it takes a third of all the time.
  const isAscii = isPlainAscii(input);
  while (start < input.length) {
    if (quoteAt !== -1 && quoteAt < start) quoteAt = input.indexOf('"', start);
    const end = input.indexOf("\n", start);
    if (end === -1 && !isLast && (quoteAt === -1 || input.length - start > longestLine)) break;
    const from = input.startsWith(byteOrderMark, start) ? start + byteOrderMark.length : start;
    const found =
      quoteAt === -1 || (end !== -1 && quoteAt > end)
        ? splitPlain(input, from, end, dialect)
        : splitQuoted(input, from, isLast, dialect);
    if (found === undefined) break;
    const { text, fields, next, problem } = found;
    if (fields.length === 0 || fields.some(isFilled)) {
      if (!isAscii) checkText(text, file, line);
      records.push({ line, text, fields, problem, isUnfinished: next > input.length });
    }
    line += found.lines;
    start = next;
  }
  return { records, used: Math.min(start, input.length), line };
}

interface Found {
  readonly text: string;
  readonly fields: readonly string[];
  readonly problem: string | undefined;
  /** Index of the next record; beyond the input when this one has no line end. */
  readonly next: number;
  readonly lines: number;
}

/** A record without quotes that ends at `end`, or with the input. */
function splitPlain(input: string, start: number, end: number, { delimiter, blanks }: Dialect): Found {
  const stop = end === -1 ? input.length : end;
  const text = input.slice(start, withoutReturns(input, start, stop));
  const values = text.split(delimiter);
  const fields = blanks === "" ? values : values.map((value) => trimmed(value, blanks));
  return { text, fields, problem: undefined, next: stop + 1, lines: 1 };
}

/** The record that starts at `start`; undefined when more input must tell where it ends. */
function splitQuoted(input: string, start: number, isLast: boolean, dialect: Dialect): Found | undefined {
  const { delimiter, blanks } = dialect;
  const fields: string[] = [];
  let lines = 1;
  let at = start;
  for (;;) {
    let stop: number;
    at = afterAny(blanks, input, at);
    if (input[at] === '"') {
      const close = findClosingQuote(input, at + 1);
      if (close === -1 && !isLast && input.length - start <= longestRecord) return undefined;
      if (close === -1 || close - start > longestRecord)
        return brokenLine(input, { start, isLast, dialect }, "a quote is not closed");
      const field = input.slice(at + 1, close);
      for (let i = field.indexOf("\n"); i !== -1; i = field.indexOf("\n", i + 1)) lines++;
      const behind = afterAny(blanks, input, close + 1);
      stop = afterAny("\r", input, behind);
      if (stop === input.length && !isLast) return undefined;
      if (input[stop] !== "\n" && stop < input.length && (input[stop] !== delimiter || stop > behind))
        return brokenLine(input, { start, isLast, dialect }, "text follows a closing quote");
      fields.push(field.includes('""') ? field.replaceAll('""', '"') : field);
    } else {
      stop = findSeparator(input, at, delimiter);
      if (stop === input.length && !isLast) return undefined;
      const end = input[stop] === delimiter ? stop : withoutReturns(input, at, stop);
      fields.push(trimmed(input.slice(at, end), blanks));
    }
    if (input[stop] !== delimiter) {
      const text = input.slice(start, withoutReturns(input, start, stop));
      return { text, fields, problem: undefined, next: stop + 1, lines };
    }
    at = stop + 1;
  }
}

/** The physical line alone: reading goes on behind it, so that one lost quote costs one line. */
function brokenLine(
  input: string,
  { start, isLast, dialect }: { readonly start: number } & Pick<Place, "isLast" | "dialect">,
  problem: string,
): Found | undefined {
  const end = input.indexOf("\n", start);
  if (end === -1 && !isLast) return undefined;
  return { ...splitPlain(input, start, end, dialect), fields: [], problem };
}

function findClosingQuote(input: string, from: number): number {
  for (let at = input.indexOf('"', from); at !== -1; at = input.indexOf('"', at + 2))
    if (input[at + 1] !== '"') return at;
  return -1;
}

function findSeparator(input: string, from: number, delimiter: string): number {
  for (let i = from; i < input.length; i++) if (input[i] === delimiter || input[i] === "\n") return i;
  return input.length;
}

/** Where the carriage returns before `end` begin. */
function withoutReturns(input: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && input[stop - 1] === "\r") stop--;
  return stop;
}

/** Where the run of these characters that begins at `from` ends. */
function afterAny(characters: string, input: string, from: number): number {
  let at = from;
  while (at < input.length && characters.includes(input.charAt(at))) at++;
  return at;
}

function trimmed(value: string, blanks: string): string {
  const from = afterAny(blanks, value, 0);
  let to = value.length;
  while (to > from && blanks.includes(value.charAt(to - 1))) to--;
  return value.slice(from, to);
}

/** The first letter tells of most. */
const isFilled = (field: string): boolean => field.charCodeAt(0) > 32 || /[^ \t\r\n]/.test(field);
