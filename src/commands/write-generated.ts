import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VitrineError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { readText } from "../read-text.ts";
import type { CommandContext } from "./context.ts";

/**
 * Writes those of these files, by their paths below `folder`, that are not current, and says which. With `check` none is
 * written. @throws VitrineError GENERATED_STALE when `check` finds one, with `remedy`; FILE_FAILED
 */
export async function writeGenerated(
  context: CommandContext,
  folder: string,
  files: ReadonlyMap<string, string>,
  { check = false, remedy }: { readonly check?: boolean | undefined; readonly remedy: string },
): Promise<void> {
  const stale: string[] = [];
  for (const [name, text] of files) {
    const file = join(folder, name);
    if ((await readText(file).catch(() => "")) === text) continue;
    stale.push(name);
    if (check) continue;
    makeFolder(dirname(file));
    await writeFile(file, text);
  }
  if (check && stale.length > 0)
    throw new VitrineError("GENERATED_STALE", `Not current: ${stale.join(", ")}. ${remedy}`, {
      details: { files: stale },
    });
  context.print(stale.length === 0 ? `All ${files.size} files are current.` : `Wrote ${stale.join(", ")}.`);
  context.printJson({ files: stale });
}
