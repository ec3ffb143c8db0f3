import { byteOrderMark, checkText, inputError, longestLine, trimBytes } from "./check-text.ts";
import type { FileRecord } from "./file-record.ts";
import { readJsonObject } from "./read-json-object.ts";

/**
 * Reads a file with one JSON object in each line (see RecordReader). Blank lines are passed over.
 * @param keys whose values are asked for, in this order
 * @throws VitrineError IMPORT_INPUT for a binary file, text that is not UTF-8, a line that does not end, or a JSON list.
 */
export async function* readJsonLines(
  source: AsyncIterable<string>,
  file: string,
  keys: readonly string[],
): AsyncGenerator<readonly FileRecord[]> {
  let left = "";
  let line = 1;
  const read = (text: string, isUnfinished: boolean): readonly FileRecord[] => {
    const found = readLine(text, { line: line++, file, keys, isUnfinished });
    return found === undefined ? [] : [found];
  };
  for await (const chunk of source) {
    const lines = (left + chunk).split("\n");
    left = lines.pop() ?? "";
    yield lines.flatMap((text) => read(text, false));
    if (left.length > longestLine)
      throw inputError(
        file,
        line,
        "the line does not end within 1 MiB. Has this file one JSON object per line?",
      );
  }
  yield read(left, true);
}

/** The record of a line; undefined when it is blank. */
function readLine(
  bytes: string,
  place: {
    readonly line: number;
    readonly file: string;
    readonly keys: readonly string[];
    readonly isUnfinished: boolean;
  },
): FileRecord | undefined {
  const { line, file, keys, isUnfinished } = place;
  const text = trimBytes(bytes.startsWith(byteOrderMark) ? bytes.slice(byteOrderMark.length) : bytes);
  if (text === "") return undefined;
  checkText(text, file, line);
  if (line === 1 && /^\[\s*(?:\{|$)/.test(text))
    throw inputError(file, line, 'this is a JSON list. Declare its format: { kind: "json" }.');
  return { line, text, isUnfinished, ...readJsonObject(text, keys) };
}
