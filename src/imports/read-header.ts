import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { VitrineError } from "../errors.ts";
import type { ImportFile } from "../models/project.ts";

const longestHeader = 16_384;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export interface FileHeader {
  /** The header's bytes without byte order mark and line end. */
  readonly bytes: Buffer;
  /** Where the file's text starts: 3 when it has a byte order mark. */
  readonly offset: number;
  /** Per column of the file: the staging column it goes to; undefined for a column that nobody asked for. */
  readonly targets: readonly (string | undefined)[];
}

/**
 * Reads the first line and matches it with the declared columns: in any order, in any case, quoted or not.
 * @throws VitrineError IMPORT_INPUT when the file is empty, is no text, or a column is missing or doubled.
 */
export async function readHeader(path: string, definition: ImportFile): Promise<FileHeader> {
  const { file } = definition;
  const fail = (problem: string): never => {
    throw new VitrineError("IMPORT_INPUT", `${file}, line 1: ${problem}`, { details: { file, row: 1 } });
  };
  const handle = await open(path, "r");
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(longestHeader), 0, longestHeader, 0)
    .finally(() => handle.close());
  if (bytesRead === 0) fail("the file is empty.");
  const offset = buffer.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const end = buffer.subarray(0, bytesRead).indexOf(10);
  if (end === -1 && bytesRead === longestHeader)
    fail("there is no line end in the first 16 KiB; is this a CSV file?");
  let bytes = buffer.subarray(offset, end === -1 ? bytesRead : end);
  if (bytes.at(-1) === 13) bytes = bytes.subarray(0, -1);
  if (bytes.includes(0) || !isUtf8(bytes)) fail("this is no text in UTF-8. Save the file as CSV in UTF-8.");

  const names = splitHeader(bytes.toString("utf8")).map((name) => name.trim().toLowerCase());
  const expected = new Map(Object.entries(definition.columns).map(([name, to]) => [name.toLowerCase(), to]));
  const missing = Object.keys(definition.columns).filter((name) => !names.includes(name.toLowerCase()));
  if (missing.length > 0)
    fail(
      `the header lacks ${missing.map((name) => `"${name}"`).join(", ")}. ` +
        `Expected are the columns ${Object.keys(definition.columns).join(", ")}, in any order.`,
    );
  const doubled = names.find((name, i) => expected.has(name) && names.indexOf(name) !== i);
  if (doubled !== undefined) fail(`the column "${doubled}" is there twice.`);
  return { bytes, offset, targets: names.map((name) => expected.get(name)) };
}

/** The names of a header line; quoted ones without their quotes. */
function splitHeader(line: string): readonly string[] {
  const names: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
  return names;
}
