import { type Command, Option } from "commander";
import { VitrineError } from "../errors.ts";
import type { ExportRequest } from "../exports/export-models.ts";
import { type DdlDialect, ddlDialects } from "../exports/table-dialects.ts";
import { compressedFormats, exportFormats } from "../models/export-formats.ts";

export type ExportOptions = Pick<ExportRequest, "format" | "out" | "gzip"> & {
  readonly incremental: boolean;
  /** Folder or bucket of an incremental export. */
  readonly to?: string;
  readonly ejson?: NonNullable<ExportRequest["extendedJson"]>;
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
    )
    .option("--incremental", "what has changed since the last run, as new files of --to (Parquet)", false)
    .option(
      "--to <destination>",
      "of --incremental: the folder, or s3://bucket/prefix, that keeps the files of all runs",
    );

/** Options that belong to files of one moment, by the name of their value. */
const ofOneMoment = ["out", "gzip", "source", "where", "asOf", "ejson", "excel", "ddl"];

/**
 * Where changes are to be written; undefined: the export is of one moment.
 * @throws VitrineError USAGE when an option belongs to the other kind
 */
export function readChangesTo(
  command: Command,
  { incremental, to, format, out }: ExportOptions,
): string | undefined {
  if (!incremental && to !== undefined)
    throw new VitrineError("USAGE", "--to goes with --incremental; without it, name a folder with --out.");
  if (!incremental && /^[a-z][a-z0-9+.-]+:\/\//i.test(out))
    throw new VitrineError("USAGE", "--out names a folder; into a bucket go --incremental --to s3://…");
  if (!incremental) return undefined;
  if (to === undefined)
    throw new VitrineError("USAGE", "--incremental needs --to, the place of all its files.");
  const isGiven = (name: string) => command.getOptionValueSource(name) === "cli";
  const strange = command.options.filter((option) => {
    const name = option.attributeName();
    return isGiven(name) && (ofOneMoment.includes(name) || (name === "format" && format !== "parquet"));
  });
  if (strange.length > 0)
    throw new VitrineError(
      "USAGE",
      `--incremental writes Parquet of all that has changed: it goes without ${strange.map(({ long }) => long).join(", ")}.`,
    );
  return to;
}

/** @throws VitrineError USAGE when an option belongs to another format */
export function readEncoding({
  format,
  ejson,
  excel,
  ddl,
  gzip,
}: ExportOptions): Pick<ExportRequest, "format" | "extendedJson" | "excel"> {
  if (gzip && compressedFormats.has(format))
    throw new VitrineError("USAGE", `--gzip: files of --format ${format} are compressed already.`);
  if (ddl !== undefined && (format !== "csv" || excel))
    throw new VitrineError("USAGE", "--ddl goes with --format csv, without --excel.");
  if (excel && format !== "csv") throw new VitrineError("USAGE", "--excel is a form of --format csv.");
  if (ejson !== undefined && format !== "ejson")
    throw new VitrineError("USAGE", "--ejson is a form of --format ejson.");
  return { format, extendedJson: ejson, excel };
}
