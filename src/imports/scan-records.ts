import { isUtf8 } from "node:buffer";
import { VitrineError } from "../errors.ts";

const [comma, quote, newline, carriageReturn] = [44, 34, 10, 13];
/** A record over many lines is taken for an unclosed quote beyond this many bytes. */
const longestRecord = 65_536;
const longestRest = 1000;

export interface ScanOptions {
  /** Name of the file in messages. */
  readonly file: string;
  /** The header as it stands in the file, without line end: where it comes again it is skipped. */
  readonly header: Buffer;
  /** Number of columns of the header. */
  readonly columns: number;
}

/** What a scan has seen; complete when its output has ended. */
export interface ScanResult {
  /** Records sent on, malformed ones too. */
  records: number;
  malformed: number;
  /** The last line has no line end. */
  unfinished: boolean;
  /** Line of the last record. */
  lastLine: number;
}

/**
 * Turns a delimited file, header left out, into lines for `load data`: `line number, fields…, rest,
 * fault`. Line numbers are those of the file, the header being line 1. Fields pass as they stand, so the
 * server does the unquoting. A record with too few or too many fields or a broken quote has empty fields,
 * and its text in `rest` and what is wrong in `fault`; else these are NULL. The server itself would load such
 * records with no more than a warning. Blank lines and repeated headers are left out.
 *
 * @throws VitrineError IMPORT_INPUT for a binary file, text that is not UTF-8, or a file cut within a line.
 */
export async function* scanRecords(
  source: AsyncIterable<Buffer>,
  options: ScanOptions,
  result: ScanResult,
): AsyncGenerator<Buffer> {
  let left: Buffer = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of source) {
    const input = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    const scanned = scanChunk(input, line, false, options, result);
    line = scanned.line;
    left = input.subarray(scanned.used);
    if (scanned.output.length > 0) yield scanned.output;
  }
  if (left.length === 0) return;
  result.unfinished = true;
  const { output } = scanChunk(left, line, true, options, result);
  if (output.length > 0) yield output;
}

interface Scanned {
  readonly output: Buffer;
  /** Bytes of the input that belong to complete records. */
  readonly used: number;
  readonly line: number;
}

function scanChunk(
  input: Buffer,
  firstLine: number,
  isLast: boolean,
  { file, header, columns }: ScanOptions,
  result: ScanResult,
): Scanned {
  const parts: Buffer[] = [];
  let line = firstLine;
  let start = 0;
  while (start < input.length) {
    const record = scanRecord(input, start, isLast);
    if (record === undefined) break;
    const end = input[record.end - 1] === carriageReturn && record.end > start ? record.end - 1 : record.end;
    const number = line;
    line += record.lines;
    const text = input.subarray(start, end);
    start = record.next;
    if (text.length === 0) continue;
    if (number === 1 || (text.length === header.length && text.equals(header))) continue;
    checkText(text, file, number);
    result.records += 1;
    result.lastLine = number;
    if (!record.broken && record.fields === columns) {
      const fields = record.hasNull ? quoteNulls(text) : text;
      parts.push(Buffer.from(`${number},`), fields, goodEnd);
      continue;
    }
    if (isLast && record.next > input.length) throw cutError(file, number, record.fields, columns);
    result.malformed += 1;
    parts.push(toMalformed(number, text, columns, record));
  }
  return { output: Buffer.concat(parts), used: start, line };
}

const goodEnd = Buffer.from(",NULL,NULL\n");

interface RecordSpan {
  /** Index after the last byte of the record, its `\n` left out. */
  readonly end: number;
  /** Index of the next record; beyond the input when the record has no line end. */
  readonly next: number;
  readonly fields: number;
  readonly lines: number;
  /** A quote is not closed, or text follows a closing one. */
  readonly broken: boolean;
  /** A field is the bare word NULL, which the server would read as no value. */
  readonly hasNull: boolean;
}

/** Finds the record that starts at `start`; undefined when the input ends before it does. */
function scanRecord(input: Buffer, start: number, isLast: boolean): RecordSpan | undefined {
  let fields = 1;
  let fieldStart = start;
  let lines = 1;
  let hasNull = false;
  let i = start;
  for (; i < input.length; i++) {
    const byte = input[i];
    if (byte === quote && i === fieldStart) {
      const close = findClosingQuote(input, i + 1);
      if (close === -1 && !isLast && input.length - start <= longestRecord) return undefined;
      if (close === -1 || close - start > longestRecord) return brokenLine(input, start, isLast);
      for (let at = input.indexOf(newline, i); at !== -1 && at < close; at = input.indexOf(newline, at + 1))
        lines++;
      const after = input[close + 1];
      if (after === undefined && !isLast) return undefined;
      if (after !== undefined && after !== comma && after !== newline && after !== carriageReturn)
        return brokenLine(input, start, isLast);
      i = close;
    } else if (byte === comma) {
      fields++;
      hasNull ||= isNullWord(input, fieldStart, i);
      fieldStart = i + 1;
    } else if (byte === newline) break;
  }
  if (i === input.length && !isLast) return undefined;
  hasNull ||= isNullWord(input, fieldStart, input[i - 1] === carriageReturn ? i - 1 : i);
  return { end: i, next: i + 1, fields, lines, broken: false, hasNull };
}

/** The physical line alone: reading goes on behind it, so that one lost quote costs one line. */
function brokenLine(input: Buffer, start: number, isLast: boolean): RecordSpan | undefined {
  const found = input.indexOf(newline, start);
  if (found === -1 && !isLast) return undefined;
  const end = found === -1 ? input.length : found;
  return { end, next: end + 1, fields: 0, lines: 1, broken: true, hasNull: false };
}

function findClosingQuote(input: Buffer, from: number): number {
  for (let at = input.indexOf(quote, from); at !== -1; at = input.indexOf(quote, at + 2))
    if (input[at + 1] !== quote) return at;
  return -1;
}

const isNullWord = (input: Buffer, from: number, to: number): boolean =>
  to - from === 4 && input[from] === 78 && input.toString("latin1", from, to) === "NULL";

const quoteNulls = (text: Buffer): Buffer =>
  Buffer.from(text.toString("utf8").replace(/(?<=^|,)NULL(?=,|$)/g, '"NULL"'));

function toMalformed(number: number, text: Buffer, columns: number, record: RecordSpan): Buffer {
  const shown = text.toString("utf8").slice(0, longestRest).replaceAll('"', '""');
  const fault = record.broken ? "a quote is not closed" : `${record.fields} columns instead of ${columns}`;
  return Buffer.from(`${number}${",".repeat(columns)},"${shown}","${fault}"\n`);
}

function checkText(text: Buffer, file: string, line: number): void {
  if (text.includes(0))
    throw new VitrineError(
      "IMPORT_INPUT",
      `${file}, line ${line}: this is no text file. Save it as CSV in UTF-8.`,
    );
  if (!isUtf8(text))
    throw new VitrineError(
      "IMPORT_INPUT",
      `${file}, line ${line}: the text is not UTF-8. Save the file as UTF-8.`,
    );
}

const cutError = (file: string, line: number, fields: number, columns: number) =>
  new VitrineError(
    "IMPORT_INPUT",
    `${file} ends in the middle of line ${line} (${fields} of ${columns} columns). Fetch the file again.`,
  );
