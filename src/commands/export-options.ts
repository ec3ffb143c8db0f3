import { type Command, Option } from "commander";
import { VitrineError } from "../errors.ts";
import { type EncodeOptions, exportFormats } from "../exports/encode-documents.ts";
import type { ExportRequest } from "../exports/export-models.ts";
import { type DdlDialect, ddlDialects } from "../exports/table-dialects.ts";

export type ExportOptions = Pick<ExportRequest, "format" | "out" | "gzip"> & {
  readonly ejson?: EncodeOptions["extendedJson"];
  readonly excel: boolean;
  readonly ddl?: DdlDialect;
  readonly source: "live" | "mirror";
  readonly where?: string;
  readonly asOf?: string;
};

/** What `vitrine export` may be told. */
export const addExportOptions = (command: Command): Command =>
  command
    .addOption(new Option("--format <format>", "form of the files").choices(exportFormats).default("ndjson"))
    .option("--out <folder>", "where to write", ".")
    .option("--gzip", "compress the files", false)
    .addOption(
      new Option("--source <store>", "which store to read").choices(["live", "mirror"]).default("live"),
    )
    .option("--where <json>", "only documents that fit: the `where` of GraphQL, as JSON; for one model")
    .option("--as-of <moment>", "the state of this moment (RFC 3339), read live: 2024-12-31T23:59:59Z")
    .addOption(
      new Option("--ejson <form>", "form of --format ejson, relaxed without").choices([
        "relaxed",
        "canonical",
      ]),
    )
    .option("--excel", "csv that a spreadsheet opens: codes stay text, and no text is a formula", false)
    .addOption(
      new Option("--ddl <database>", "beside each csv file the table that takes it, as <name>.sql").choices(
        ddlDialects,
      ),
    );

/** @throws VitrineError USAGE when an option belongs to another format */
export function readEncoding({ format, ejson, excel, ddl }: ExportOptions): EncodeOptions {
  if (ddl !== undefined && (format !== "csv" || excel))
    throw new VitrineError("USAGE", "--ddl goes with --format csv, without --excel.");
  if (excel && format !== "csv") throw new VitrineError("USAGE", "--excel is a form of --format csv.");
  if (ejson !== undefined && format !== "ejson")
    throw new VitrineError("USAGE", "--ejson is a form of --format ejson.");
  return { format, extendedJson: ejson ?? "relaxed", excel };
}
