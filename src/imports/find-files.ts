import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import type { ImportDefinition, ImportFile } from "../models/import-definition.ts";

export interface FoundFile {
  readonly definition: ImportFile;
  readonly path: string;
}

/**
 * Finds the files of an import in a folder, without regard to case; optional ones may be missing, but not all.
 * @throws VitrineError IMPORT_INPUT that names the folder, or all files at once that are missing, that are no
 * files, or that are there under names that differ in case: nobody knows which is meant.
 */
export async function findFiles(dir: string, definition: ImportDefinition): Promise<readonly FoundFile[]> {
  const fail = (problem: string, options: ConstructorParameters<typeof VitrineError>[2] = {}): never => {
    throw new VitrineError("IMPORT_INPUT", problem, options);
  };
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) =>
    fail(`The folder ${dir} ${folderProblems[error.code ?? ""] ?? `cannot be read (${error.code})`}.`, {
      cause: error,
    }),
  );
  const missing: string[] = [];
  const doubled: string[] = [];
  const noFiles: string[] = [];
  const found: FoundFile[] = [];
  for (const file of definition.files) {
    const alike = names.filter((name) => name.toLowerCase() === file.file.toLowerCase()).sort();
    const [name] = alike;
    if (name === undefined) {
      if (!file.optional) missing.push(file.file);
    } else if (alike.length > 1) doubled.push(...alike);
    else {
      const path = join(dir, name);
      // What cannot be looked at says so when it is read.
      if ((await stat(path).catch(() => undefined))?.isFile() === false) noFiles.push(name);
      found.push({ definition: file, path });
    }
  }
  if (missing.length > 0) fail(`The folder ${dir} lacks ${missing.join(", ")}.`, { details: { missing } });
  if (found.length + doubled.length === 0) {
    const wanted = definition.files.map(({ file }) => file);
    fail(`The folder ${dir} has none of ${wanted.join(", ")}.`, { details: { missing: wanted } });
  }
  if (doubled.length > 0)
    fail(`The folder ${dir} has ${doubled.join(", ")}: names that differ in case only. Leave one of each.`, {
      details: { doubled },
    });
  if (noFiles.length > 0)
    fail(`In the folder ${dir} these are no files: ${noFiles.join(", ")}.`, { details: { noFiles } });
  return found;
}

const folderProblems: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "is no folder",
};
