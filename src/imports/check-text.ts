import { isUtf8 } from "node:buffer";
import { VitrineError } from "../errors.ts";

/** Bytes that no text has, or that must be UTF-8. */
const notAscii = /[\0\x80-\xff]/;

/** U+FEFF in UTF-8, one character per byte. */
export const byteOrderMark = "\u00ef\u00bb\u00bf";

/** A line or object without an end beyond this many bytes is none. */
export const longestLine = 1_048_576;

/** Whether the text needs no look at each of its records. */
export const isPlainAscii = (text: string): boolean => !notAscii.test(text);

/**
 * Makes sure that bytes (one character each) are text in UTF-8.
 * @throws VitrineError IMPORT_INPUT
 */
export function checkText(text: string, file: string, line: number): void {
  if (isPlainAscii(text)) return;
  if (text.includes("\0")) throw inputError(file, line, "this is no text file. Save it as text in UTF-8.");
  if (!isUtf8(Buffer.from(text, "latin1")))
    throw inputError(file, line, "the text is not UTF-8. Save the file as UTF-8.");
}

/** An error about a line of a file. */
export const inputError = (file: string, row: number, problem: string): VitrineError =>
  new VitrineError("IMPORT_INPUT", `${file}, line ${row}: ${problem}`, { details: { file, row } });

/** Without the blanks around it; bytes of letters that look like one (U+00A0) stay. */
export const trimBytes = (bytes: string): string => bytes.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

/** A text of one character per byte, as it reads. */
export const decodeBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** A text as its bytes in UTF-8, one character each. */
export const encodeBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
