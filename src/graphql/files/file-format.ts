import type { FormatOptions } from "../../exports/formats/format.ts";
import type { ExportFormat } from "../../models/export-formats.ts";

/** A file that a client asks for instead of a JSON answer. */
export interface FileForm {
  readonly format: ExportFormat;
  readonly options: Pick<FormatOptions, "excel" | "textNumbers">;
}

/** The media type of each form of files. */
export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
  json: "application/json; charset=utf-8",
  ejson: "application/x-ndjson; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

type Parameters = ReadonlyMap<string, string>;

/** The forms in which a list of an operation may be asked for, by media type. */
const accepted: ReadonlyMap<string, (parameters: Parameters) => FileForm> = new Map<
  string,
  (parameters: Parameters) => FileForm
>([
  ["text/csv", (given) => ({ format: "csv", options: { excel: given.get("excel") === "true" } })],
  [
    "application/x-ndjson",
    (given) => ({ format: "ndjson", options: { textNumbers: given.get("numbers") === "text" } }),
  ],
  ["application/vnd.apache.parquet", () => ({ format: "parquet", options: {} })],
]);

const MAY_BE_FILE = /csv|ndjson|parquet/i;

/**
 * The file that an `Accept` header prefers to all else that it names; undefined: it wants an answer in JSON. A parameter of
 * `text/csv`, `excel=true`, asks for the form of spreadsheets; one of `application/x-ndjson`, `numbers=text`, for decimals and
 * big integers as JSON answers have them, for readers that would make floats of them.
 */
export function readAccept(accept: string | undefined): FileForm | undefined {
  if (accept === undefined || !MAY_BE_FILE.test(accept)) return undefined;
  const ranges = accept.split(",").map((range, place) => {
    const [type = "", ...given] = range.split(";").map((part) => part.trim().toLowerCase());
    const parameters = new Map(given.map((one) => one.split("=", 2) as [string, string]));
    return { type, parameters, quality: Number(parameters.get("q") ?? 1) || 0, place };
  });
  const [best] = ranges.sort((a, b) => b.quality - a.quality || a.place - b.place);
  return best && best.quality > 0 ? accepted.get(best.type)?.(best.parameters) : undefined;
}
