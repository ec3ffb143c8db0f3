import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import type { ImportDefinition, ImportFile } from "../models/project.ts";

export interface FoundFile {
  readonly definition: ImportFile;
  readonly path: string;
}

/**
 * Finds the files of an import in a folder, without regard to case (an exact match wins).
 * @throws VitrineError IMPORT_INPUT that names the folder, or all missing files at once.
 */
export async function findFiles(dir: string, definition: ImportDefinition): Promise<readonly FoundFile[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    const problem =
      error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code ?? error.message})`;
    throw new VitrineError("IMPORT_INPUT", `The folder ${dir} ${problem}.`, { cause: error });
  });
  const found: FoundFile[] = [];
  const missing: string[] = [];
  for (const file of definition.files) {
    const name = names.includes(file.file)
      ? file.file
      : names.find((other) => other.toLowerCase() === file.file.toLowerCase());
    if (name === undefined) missing.push(file.file);
    else found.push({ definition: file, path: join(dir, name) });
  }
  if (missing.length > 0)
    throw new VitrineError("IMPORT_INPUT", `The folder ${dir} lacks ${missing.join(", ")}.`, {
      details: { missing },
    });
  return found;
}
