/** The forms of export files, by the name under which they are asked for. */
export const exportFormats = ["ndjson", "json", "csv", "ejson", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Those that compress by themselves: a file of them is not packed once more. */
export const compressedFormats: ReadonlySet<ExportFormat> = new Set(["parquet"]);

/** What people call them. */
export const formatTitles: Readonly<Record<ExportFormat, string>> = {
  ndjson: "NDJSON",
  json: "JSON",
  csv: "CSV",
  ejson: "Extended JSON",
  parquet: "Parquet",
};
