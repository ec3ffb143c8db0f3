import type { ExportFormat } from "../models/export-formats.ts";
import { csv } from "./formats/csv.ts";
import { ejson } from "./formats/ejson.ts";
import type { Format } from "./formats/format.ts";
import { json } from "./formats/json.ts";
import { ndjson } from "./formats/ndjson.ts";
import { parquet } from "./formats/parquet.ts";

/** The forms of export files. */
const formats: Readonly<Record<ExportFormat, Format>> = { ndjson, json, csv, ejson, parquet };

export const formatOf = (name: ExportFormat): Format => formats[name];
