import type { FormatOptions } from "../../exports/formats/format.ts";
import type { FormatName } from "../../exports/formats.ts";

/** A file that a client asks for instead of a JSON answer. */
export interface FileForm extends Pick<FormatOptions, "excel"> {
  readonly format: FormatName;
  /** Of the answer. */
  readonly contentType: string;
}

/** The media type of each form of files. */
export const contentTypes: Readonly<Record<FormatName, string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
  json: "application/json; charset=utf-8",
  ejson: "application/x-ndjson; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

/** The forms in which a list of an operation may be asked for, by media type. */
const accepted: ReadonlyMap<string, FormatName> = new Map([
  ["text/csv", "csv"],
  ["application/x-ndjson", "ndjson"],
  ["application/vnd.apache.parquet", "parquet"],
]);

const MAY_BE_FILE = /csv|ndjson|parquet/i;

/**
 * The file that an `Accept` header prefers to all else that it names; undefined: it wants an answer in JSON. Of `text/csv`
 * the parameter `excel=true` asks for the form of spreadsheets.
 */
export function readAccept(accept: string | undefined): FileForm | undefined {
  if (accept === undefined || !MAY_BE_FILE.test(accept)) return undefined;
  const ranges = accept.split(",").map((range, place) => {
    const [type = "", ...given] = range.split(";").map((part) => part.trim().toLowerCase());
    const parameters = new Map(given.map((one) => one.split("=", 2) as [string, string]));
    const quality = Number(parameters.get("q") ?? 1);
    return {
      type,
      quality: Number.isNaN(quality) ? 0 : quality,
      place,
      excel: parameters.get("excel") === "true",
    };
  });
  const [best] = ranges.sort((a, b) => b.quality - a.quality || a.place - b.place);
  const format = best && accepted.get(best.type);
  if (!format || best.quality === 0) return undefined;
  return { format, contentType: contentTypes[format], excel: format === "csv" && best.excel };
}
