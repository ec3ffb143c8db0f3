import type { ImportFile } from "../models/import-definition.ts";

/** A record of a file; text has one character per byte, as Node's `latin1` gives it. */
export interface FileRecord {
  /** Line of the file where it begins; the first is 1. */
  readonly line: number;
  /** As it stands in the file, without line end. */
  readonly text: string;
  /** Its values; none when `problem` says that they cannot be told. Null only where the format has such a value. */
  readonly fields: readonly (string | null)[];
  /** Why it is no record; holds no colon followed by a blank, which would name a column. */
  readonly problem: string | undefined;
  /** The file ends before the line does. */
  readonly isUnfinished: boolean;
}

/** What the records of a file have in common. */
export interface RecordShape {
  /** The first record says what the columns are, and is no line to load. */
  readonly hasHeader: boolean;
  /** How many fields a record has. */
  readonly columns: number;
  /** The columns asked for, in the order of the file: where they stand, and the staging column they go to. */
  readonly targets: readonly { readonly index: number; readonly name: string; readonly column: string }[];
  /**
   * Whether a record is the header again: in any case, quoted or not.
   * @throws VitrineError IMPORT_INPUT when its columns come in another order: what follows would be misread.
   */
  repeats(record: FileRecord): boolean;
}

/** Reads the files of one format; there is one for each. */
export interface RecordReader {
  /**
   * Splits a file into records, in constant memory: the only place that knows where one ends. One that is broken says
   * so, and reading goes on behind it. Byte order marks are passed over.
   *
   * @param source the file in chunks of any size, decoded as `latin1`
   * @throws VitrineError IMPORT_INPUT for a file of another format, cut, binary or not UTF-8, or a record without end
   */
  read(source: AsyncIterable<string>, file: string): AsyncGenerator<readonly FileRecord[]>;
  /**
   * What all records have in common, told by the first.
   * @throws VitrineError IMPORT_INPUT when the file is empty, or a column is missing or doubled
   */
  match(first: FileRecord | undefined, definition: ImportFile): RecordShape;
}
