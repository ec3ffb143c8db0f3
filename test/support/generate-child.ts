/** Writes the beginning of each file of a shop of scale 100 into a folder: for a test that gives it little memory. */

import { generatePos } from "../../src/domains/pos/sample/generate.ts";
import { writeFiles } from "../../src/imports/write-files.ts";

const [dir = "", limit = ""] = process.argv.slice(2);

function* take(lines: Iterable<string>, count: number): Generator<string> {
  for (const line of lines) {
    if (count-- === 0) return;
    yield line;
  }
}

const files = generatePos({ scale: 100, seed: 42, clean: false, end: "2008-01-01" });
const written = await writeFiles(
  files.map((file) => ({ ...file, lines: take(file.lines, Number(limit)) })),
  dir,
);
process.stdout.write(JSON.stringify(written.map(({ lines }) => lines)));
