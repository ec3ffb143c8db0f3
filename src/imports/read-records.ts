import { isUtf8 } from "node:buffer";
import { VitrineError } from "../errors.ts";

/** A record over many lines is taken for an unclosed quote beyond this many bytes. */
const longestRecord = 65_536;
/** A line without an end beyond this many bytes is no line of text. */
const longestLine = 1_048_576;
/** U+FEFF in UTF-8, one character per byte. */
const byteOrderMark = "\u00ef\u00bb\u00bf";

/** A record of a delimited file; text has one character per byte, as Node's `latin1` gives it. */
export interface CsvRecord {
  /** Line of the file where it begins; the first is 1. */
  readonly line: number;
  /** As it stands in the file, without line end. */
  readonly text: string;
  /** Unquoted; none when `problem` says that its quotes are broken. */
  readonly fields: readonly string[];
  readonly problem: string | undefined;
  /** The file ends before the line does. */
  readonly isUnfinished: boolean;
}

/**
 * Splits a delimited file into records: the only place that knows where one ends. LF, CRLF and CR CR LF (what
 * Python writes on Windows) end a record, a quoted field may hold any of them, doubled quotes are one. A record
 * whose quotes are broken is its first line alone, and reading goes on behind it. A byte order mark before a
 * record is dropped, and so are lines without a field that holds anything.
 *
 * @param source the file in chunks of any size, decoded as `latin1`
 * @throws VitrineError IMPORT_INPUT for a binary file, text that is not UTF-8, or a line that does not end.
 */
export async function* readRecords(
  source: AsyncIterable<string>,
  file: string,
): AsyncGenerator<readonly CsvRecord[]> {
  let left = "";
  let line = 1;
  for await (const chunk of source) {
    const input = left + chunk;
    const split = splitRecords(input, line, false, file);
    if (input.length - split.used > longestLine)
      throw inputError(file, split.line, "the line does not end within 1 MiB. Is this a CSV file?");
    line = split.line;
    left = input.slice(split.used);
    yield split.records;
  }
  yield splitRecords(left, line, true, file).records;
}

interface Split {
  readonly records: readonly CsvRecord[];
  /** Characters of the input that belong to complete records. */
  readonly used: number;
  readonly line: number;
}

function splitRecords(input: string, firstLine: number, isLast: boolean, file: string): Split {
  const records: CsvRecord[] = [];
  let line = firstLine;
  let start = 0;
  let quoteAt = input.indexOf('"');
  // Looked for once per chunk: record by record it takes a third of all the time.
  const isAscii = !notAscii.test(input);
  while (start < input.length) {
    if (quoteAt !== -1 && quoteAt < start) quoteAt = input.indexOf('"', start);
    const end = input.indexOf("\n", start);
    if (end === -1 && !isLast && (quoteAt === -1 || input.length - start > longestLine)) break;
    const from = input.startsWith(byteOrderMark, start) ? start + byteOrderMark.length : start;
    const found =
      quoteAt === -1 || (end !== -1 && quoteAt > end)
        ? splitPlain(input, from, end)
        : splitQuoted(input, from, isLast);
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
function splitPlain(input: string, start: number, end: number): Found {
  const stop = end === -1 ? input.length : end;
  const text = input.slice(start, withoutReturns(input, start, stop));
  return { text, fields: text.split(","), problem: undefined, next: stop + 1, lines: 1 };
}

/** The record that starts at `start`; undefined when more input must tell where it ends. */
function splitQuoted(input: string, start: number, isLast: boolean): Found | undefined {
  const fields: string[] = [];
  let lines = 1;
  let at = start;
  for (;;) {
    let stop: number;
    if (input[at] === '"') {
      const close = findClosingQuote(input, at + 1);
      if (close === -1 && !isLast && input.length - start <= longestRecord) return undefined;
      if (close === -1 || close - start > longestRecord)
        return brokenLine(input, start, isLast, "a quote is not closed");
      const field = input.slice(at + 1, close);
      for (let i = field.indexOf("\n"); i !== -1; i = field.indexOf("\n", i + 1)) lines++;
      stop = afterReturns(input, close + 1);
      if (stop === input.length && !isLast) return undefined;
      if (input[stop] !== "\n" && stop < input.length && (input[stop] !== "," || stop > close + 1))
        return brokenLine(input, start, isLast, "text follows a closing quote");
      fields.push(field.includes('""') ? field.replaceAll('""', '"') : field);
    } else {
      stop = findSeparator(input, at);
      if (stop === input.length && !isLast) return undefined;
      const end = input[stop] === "," ? stop : withoutReturns(input, at, stop);
      fields.push(input.slice(at, end));
    }
    if (input[stop] !== ",") {
      const text = input.slice(start, withoutReturns(input, start, stop));
      return { text, fields, problem: undefined, next: stop + 1, lines };
    }
    at = stop + 1;
  }
}

/** The physical line alone: reading goes on behind it, so that one lost quote costs one line. */
function brokenLine(input: string, start: number, isLast: boolean, problem: string): Found | undefined {
  const end = input.indexOf("\n", start);
  if (end === -1 && !isLast) return undefined;
  return { ...splitPlain(input, start, end), fields: [], problem };
}

function findClosingQuote(input: string, from: number): number {
  for (let at = input.indexOf('"', from); at !== -1; at = input.indexOf('"', at + 2))
    if (input[at + 1] !== '"') return at;
  return -1;
}

function findSeparator(input: string, from: number): number {
  for (let i = from; i < input.length; i++) if (input[i] === "," || input[i] === "\n") return i;
  return input.length;
}

/** Where the carriage returns before `end` begin. */
function withoutReturns(input: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && input[stop - 1] === "\r") stop--;
  return stop;
}

function afterReturns(input: string, from: number): number {
  let at = from;
  while (input[at] === "\r") at++;
  return at;
}

/** The first letter tells of most. */
const isFilled = (field: string): boolean => field.charCodeAt(0) > 32 || /[^ \t\r\n]/.test(field);

/** Bytes that no text has, or that must be UTF-8. */
const notAscii = /[\0\x80-\xff]/;

function checkText(text: string, file: string, line: number): void {
  if (!notAscii.test(text)) return;
  if (text.includes("\0")) throw inputError(file, line, "this is no text file. Save it as CSV in UTF-8.");
  if (!isUtf8(Buffer.from(text, "latin1")))
    throw inputError(file, line, "the text is not UTF-8. Save the file as UTF-8.");
}

const inputError = (file: string, row: number, problem: string): VitrineError =>
  new VitrineError("IMPORT_INPUT", `${file}, line ${row}: ${problem}`, { details: { file, row } });
