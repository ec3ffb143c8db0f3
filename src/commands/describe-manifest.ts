import type { Manifest } from "../exports/export-models.ts";

/** The files of an export, and where they are, as lines for people. */
export function* describeManifest({ files }: Manifest, folder: string): Generator<string> {
  for (const { file, rows, bytes } of files)
    yield `${file.padEnd(32)} ${rows.toLocaleString("en")} documents, ${bytes.toLocaleString("en")} bytes`;
  yield `Written to ${folder}, described by manifest.json.`;
}
