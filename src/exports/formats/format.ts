import type { Document, DocumentModel } from "../../models/model.ts";
import type { ColumnWidths } from "../define-table.ts";
import type { ExtendedJson } from "../json-text.ts";

/** What the documents of a file are: a model, or rows that somebody asked for. */
export type Rows = Pick<DocumentModel, "name" | "key" | "keyParts" | "fields">;

/** One form of export files. */
export interface Format {
  /** End of a file's name, without the point. */
  readonly extension: string;
  /** The bytes of one file (texts are UTF-8), in chunks: `documents` are read no faster than those are taken. */
  encode(
    rows: Rows,
    documents: AsyncIterable<Document>,
    options: FormatOptions,
  ): AsyncIterable<string | Uint8Array>;
}

/** What some formats are told beside the documents. */
export interface FormatOptions {
  /** Of `ejson`. Default: relaxed. */
  readonly extendedJson?: ExtendedJson | undefined;
  /** Of `csv`: as spreadsheets want it. Default: false. */
  readonly excel?: boolean;
  /** Of `ndjson`: decimals and big integers as texts. Default: as numbers. */
  readonly textNumbers?: boolean;
  /** Of `parquet`: the digits of the view's decimal columns. Default: none is known. */
  readonly widths?: ColumnWidths;
}
