import { byteOrderMark, checkText, inputError, longestLine, trimBytes } from "./check-text.ts";
import type { FileRecord } from "./file-record.ts";
import { findValueEnd } from "./find-value-end.ts";
import { readJsonObject } from "./read-json-object.ts";

/**
 * Reads a file that is one JSON list of objects (see RecordReader), however it is broken into lines.
 * @param keys whose values are asked for, in this order
 * @throws VitrineError IMPORT_INPUT for a file that is empty, no list, cut before the list ends, binary, not UTF-8,
 *   with an object of over 1 MiB, or with text behind the list.
 */
export async function* readJsonList(
  source: AsyncIterable<string>,
  file: string,
  keys: readonly string[],
): AsyncGenerator<readonly FileRecord[]> {
  let state: ListState = { left: "", line: 1, part: "before" };
  for await (const chunk of source) {
    const step = readPart({ ...state, left: state.left + chunk }, { file, keys, isLast: false });
    state = step.state;
    if (state.left.length > longestLine)
      throw inputError(file, state.line, "the value that begins here does not end within 1 MiB.");
    yield step.records;
  }
  const { records, state: end } = readPart(state, { file, keys, isLast: true });
  if (end.part === "before") throw inputError(file, 1, "the file is empty.");
  if (end.part === "within")
    throw inputError(file, end.line, "the file ends before the list does. Fetch the file again.");
  yield records;
}

interface ListState {
  /** What was read and not yet understood. */
  readonly left: string;
  /** Where that begins. */
  readonly line: number;
  /** Of the list, which begins with `[` and ends with `]`. */
  readonly part: "before" | "within" | "behind";
}

interface Asked {
  readonly file: string;
  readonly keys: readonly string[];
  readonly isLast: boolean;
}

/** All values that end within the text at hand. */
function readPart(
  state: ListState,
  { file, keys, isLast }: Asked,
): { readonly records: readonly FileRecord[]; readonly state: ListState } {
  const { left: text } = state;
  const records: FileRecord[] = [];
  let { line, part } = state;
  let at = 0;
  const goTo = (next: number): void => {
    // Not with indexOf, which would look through all that comes where a file has no lines.
    for (; at < next; at++) if (text.charCodeAt(at) === 10) line++;
  };
  for (;;) {
    goTo(skipBlanks(text, at, part));
    if (at === text.length || (!isLast && byteOrderMark.startsWith(text.slice(at)))) break;
    if (part === "behind") throw inputError(file, line, "text follows the list.");
    if (part === "before") {
      if (text[at] !== "[")
        throw inputError(file, line, "this is no JSON list. Does it hold one object per line?");
      part = "within";
      at++;
    } else if (text[at] === "]") {
      part = "behind";
      at++;
    } else {
      const end = findValueEnd(text, at, isLast);
      if (end === undefined) break;
      const value = trimBytes(text.slice(at, end));
      checkText(value, file, line);
      records.push({ line, text: value, isUnfinished: false, ...readJsonObject(value, keys) });
      goTo(end);
    }
  }
  return { records, state: { left: text.slice(at), line, part } };
}

/** Where the next value or bracket begins. */
function skipBlanks(text: string, from: number, part: ListState["part"]): number {
  let at = from;
  if (part === "before" && text.startsWith(byteOrderMark, at)) at += byteOrderMark.length;
  const passed = part === "within" ? " \t\r\n," : " \t\r\n";
  while (at < text.length && passed.includes(text.charAt(at))) at++;
  return at;
}
