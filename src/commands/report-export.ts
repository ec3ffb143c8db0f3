import { VitrineError } from "../errors.ts";
import type { Manifest } from "../exports/export-models.ts";
import type { CommandContext } from "./context.ts";

/**
 * Prints the files of an export, and where they are.
 * @throws VitrineError EXPORT_INCOMPLETE that names the documents left out, when there are any
 */
export function reportExport(
  { print, printJson }: Pick<CommandContext, "print" | "printJson">,
  manifest: Manifest,
  folder: string,
): void {
  for (const { file, rows, bytes } of manifest.files)
    print(`${file.padEnd(32)} ${rows.toLocaleString("en")} documents, ${bytes.toLocaleString("en")} bytes`);
  print(`Written to ${folder}, described by manifest.json.`);
  printJson(manifest);
  checkWhole(manifest);
}

/** Reasons that a message spells out. */
const TOLD = 20;

function checkWhole({ files }: Manifest): void {
  const leftOut = files.flatMap(({ leftOut }) => leftOut ?? []);
  const total = leftOut.reduce((sum, { documents }) => sum + documents, 0);
  if (total === 0) return;
  const reasons = leftOut.flatMap(({ first }) => first.map(({ reason }) => reason));
  const rest = total - Math.min(reasons.length, TOLD);
  const lines = [
    `${total} documents cannot be given and are left out; everything else is written. Correct their rows, or their view, and export again.`,
    ...reasons.slice(0, TOLD),
    ...(rest > 0 ? [`and ${rest} more, see manifest.json`] : []),
  ];
  throw new VitrineError("EXPORT_INCOMPLETE", lines.join("\n  "), {
    details: { files: files.flatMap(({ file, leftOut }) => (leftOut ? [{ file, ...leftOut }] : [])) },
  });
}
