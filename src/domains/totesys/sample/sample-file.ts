import type { GeneratedFile } from "../../../models/project.ts";

/** A row by its columns, in the order of the file. */
export type SampleRow = Readonly<Record<string, string | number | boolean | null>>;

/** A file whose name says its format. In CSV what is null is left out or `NULL`, by turns. */
export function toSampleFile(
  file: string,
  expectedRows: number,
  rows: () => Iterable<SampleRow>,
  clean: boolean,
): GeneratedFile {
  const lines = file.endsWith(".json") ? jsonLines : file.endsWith(".ndjson") ? ndjsonLines : csvLines;
  return {
    file,
    expectedLines: expectedRows + 1,
    // Begun anew each time it is asked for.
    lines: { [Symbol.iterator]: () => lines(rows(), clean)[Symbol.iterator]() },
  };
}

function* csvLines(rows: Iterable<SampleRow>, clean: boolean): Generator<string> {
  let count = 0;
  for (const row of rows) {
    if (count === 0) yield Object.keys(row).join(",");
    const nothing = clean || count % 2 === 0 ? "" : "NULL";
    yield Object.values(row)
      .map((value) => (value === null ? nothing : String(value)))
      .join(",");
    count += 1;
  }
}

function* ndjsonLines(rows: Iterable<SampleRow>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

function* jsonLines(rows: Iterable<SampleRow>): Generator<string> {
  let before = "[";
  for (const row of rows) {
    yield before + JSON.stringify(row);
    before = ",";
  }
  yield `${before === "[" ? "[" : ""}]`;
}
