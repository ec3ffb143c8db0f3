/**
 * Writes the beginning of each file of a domain's sample of scale 100 into a folder: for a test that gives it little memory.
 * Prints for each how many lines it wrote, and how many bytes of memory each line kept. Needs `--expose-gc`.
 */

import { writeFiles } from "../../src/imports/write-files.ts";
import project from "../../vitrine.config.ts";

const [name = "", dir = "", limit = ""] = process.argv.slice(2);
const most = Number(limit);
const kept: Record<string, number> = {};

function heldBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** What is held is asked after the first tenth, when caches are filled, and at the end. */
function* take(file: string, lines: Iterable<string>): Generator<string> {
  let count = 0;
  let early = 0;
  for (const line of lines) {
    if (count === most / 10) early = heldBytes();
    if (count === most) {
      kept[file] = Math.max(0, heldBytes() - early) / (most * 0.9);
      return;
    }
    count += 1;
    yield line;
  }
}

const domain = project.domains.find((one) => one.name === name);
const files = [...(domain?.generate?.({ scale: 100, seed: 42, clean: false, end: "2008-01-01" }) ?? [])];
const written = await writeFiles(
  files.map((file) => ({ ...file, lines: take(file.file, file.lines) })),
  dir,
);
const lines = Object.fromEntries(written.map(({ file, lines }) => [file, lines]));
process.stdout.write(JSON.stringify({ lines, kept }));
