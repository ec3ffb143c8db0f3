import type { CsvFormat, ImportFile } from "../models/import-definition.ts";
import { inputError } from "./check-text.ts";
import type { FileRecord, RecordReader, RecordShape } from "./file-record.ts";
import { matchHeader, namesColumn, toPlainShape } from "./match-header.ts";
import { readCsv } from "./read-csv.ts";
import { readJsonLines } from "./read-json-lines.ts";
import { readJsonList } from "./read-json-list.ts";

/** What a file is that does not say. */
const usualFormat: CsvFormat = { kind: "csv", header: true };

/** The reader of a file's format. */
export function chooseReader({ format = usualFormat, columns }: ImportFile): RecordReader {
  const keys = Object.keys(columns);
  switch (format.kind) {
    case "csv":
      return {
        read: (source, file) => readCsv(source, file, format),
        match: (first, definition) => matchCsv(first, definition, format),
      };
    case "ndjson":
      return { read: (source, file) => readJsonLines(source, file, keys), match: matchFilled };
    case "json":
      return {
        read: (source, file) => readJsonList(source, file, keys),
        // A list may be empty; that the file is not, its reader has seen.
        match: (_first, definition) => toPlainShape(definition),
      };
  }
}

function matchCsv(first: FileRecord | undefined, definition: ImportFile, { header }: CsvFormat): RecordShape {
  const hasHeader = header === "maybe" ? first !== undefined && namesColumn(first, definition) : header;
  return hasHeader ? matchHeader(first, definition) : matchFilled(first, definition);
}

/** Without a header a file with nothing in it is not told from one that was cut. */
function matchFilled(first: FileRecord | undefined, definition: ImportFile): RecordShape {
  if (first === undefined) throw inputError(definition.file, 1, "the file is empty.");
  return toPlainShape(definition);
}
