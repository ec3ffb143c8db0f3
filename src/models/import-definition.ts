/** How the records of a file are written. A byte order mark is always passed over. */
export type ImportFormat = CsvFormat | { readonly kind: "ndjson" } | { readonly kind: "json" };

/** Delimited text: quoted where needed, quotes doubled. */
export interface CsvFormat {
  readonly kind: "csv";
  /** `maybe`: the first record is a header when it names a column, and must name all then; else it is a line like any other. */
  readonly header: true | false | "maybe";
  /** Default: a comma. */
  readonly delimiter?: "," | ";" | "\t";
  /** Leave out blanks around values. Names in a header are always read without. */
  readonly trim?: boolean;
}

/** One input file of an import, loaded into a staging table of text columns. */
export interface ImportFile {
  /** File name, matched without regard to case. */
  readonly file: string;
  /** Default: comma-separated with a header. */
  readonly format?: ImportFormat;
  /**
   * Other names under which it may come instead, each with its format: `{ "sale.json": { kind: "json" } }`. Two of
   * all its names in one folder end the import: nobody knows which is meant.
   */
  readonly or?: Readonly<Record<string, ImportFormat>>;
  /** No remark on a line of it tells a value or the line's text, whatever is wrong with it: the reason, column and line must do. */
  readonly confidential?: true;
  /** The import goes on without it, as long as another of its files is there; its staging table is empty then. */
  readonly optional?: true;
  /**
   * Staging table; its columns are `row_number`, the targets below (varchar(500)), `rest` (varchar(1000)) and `fault`
   * (varchar(200)). A procedure that does not load a line says why in `fault`: `column: reason`, the column as the
   * file names it. A line whose shape is wrong has null in all targets.
   */
  readonly staging: string;
  /**
   * Name in the file → column of the staging table. Of a CSV file with a header its names, which it may order
   * differently; without one, the order is that of the fields, and the names are for messages. Of JSON the keys of an
   * object: a value that is no text is staged as its JSON text, digit by digit, and one that is null or missing as null.
   */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Rows that were read from a file become those of a table. The procedure before has made a temporary table
 * `clean_<table>` of `row_number` and columns of the table, one row for each staged line, refused ones too; what cannot be
 * read is null there. Of lines with one key the newest is loaded, and the others are refused. Rows that differ are
 * updated, those that lack are inserted. A line that is older than the row that is there changes nothing, and is warned of.
 * With `--full` rows that the file lacks are deleted, after all has been loaded and in the reverse order; but none while a line
 * may be of any row or the file may be cut, and none that others refer to.
 */
export interface ImportLoad {
  readonly table: string;
  /** Columns of the table that say which row is meant, of the same names in the staging table. */
  readonly key: readonly string[];
  /** Other columns of which no two rows may have one value: a line whose value another row or line has is refused. */
  readonly unique?: readonly string[];
  /** Column of the table that says how new a row is. Without it a line is as new as the row. */
  readonly version?: string;
  /** The `file` of an ImportFile. */
  readonly file: string;
}

/** A set of files that is loaded into staging and turned into rows by SQL, in one transaction. */
export interface ImportDefinition {
  readonly files: readonly ImportFile[];
  /**
   * Procedures, and loads between them. Procedures are called in this order after all files are staged; they take no arguments, do not commit, and
   * may return rows (table_name, inserted, updated, deleted) for the summary. One that deletes, or makes less of,
   * rows because a file lacks them must leave alone whatever a refused line may be of, and returns
   * (file, losing, concerned) before: of so many rows, so many would be lost. Too large a share stops the import,
   * unless the user allows it: then `@import_allow_deletes` is 1. `@import_full` is 1 when the user says that the files are whole. `@import_files` lists, with commas, the files that are
   * there, and `@import_unfinished` those of them whose last line has no line end. One that returns (table_name, writing)
   * before another writes lets so many rows be written without logging each: when there are many, the models that read
   * the table are rebuilt instead.
   */
  readonly procedures: readonly (string | ImportLoad)[];
}
