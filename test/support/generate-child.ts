/** Writes the beginning of each file of a domain's sample of scale 100 into a folder: for a test that gives it little memory. */

import { writeFiles } from "../../src/imports/write-files.ts";
import project from "../../vitrine.config.ts";

const [name = "", dir = "", limit = ""] = process.argv.slice(2);

function* take(lines: Iterable<string>, count: number): Generator<string> {
  for (const line of lines) {
    if (count-- === 0) return;
    yield line;
  }
}

const domain = project.domains.find((one) => one.name === name);
const files = [...(domain?.generate?.({ scale: 100, seed: 42, clean: false, end: "2008-01-01" }) ?? [])];
const written = await writeFiles(
  files.map((file) => ({ ...file, lines: take(file.lines, Number(limit)) })),
  dir,
);
process.stdout.write(JSON.stringify(Object.fromEntries(written.map(({ file, lines }) => [file, lines]))));
