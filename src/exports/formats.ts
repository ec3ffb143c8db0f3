import { csv } from "./formats/csv.ts";
import { ejson } from "./formats/ejson.ts";
import type { Format } from "./formats/format.ts";
import { json } from "./formats/json.ts";
import { ndjson } from "./formats/ndjson.ts";
import { parquet } from "./formats/parquet.ts";

/** The forms of export files, by the name under which they are asked for. */
export const formats = { ndjson, json, csv, ejson, parquet } as const satisfies Readonly<
  Record<string, Format>
>;
export type FormatName = keyof typeof formats;

export const formatOf = (name: FormatName): Format => formats[name];

// The keys of an object literal are the names that its type has.
export const formatNames = Object.keys(formats) as readonly FormatName[];
