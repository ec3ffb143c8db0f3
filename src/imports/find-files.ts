import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import type { ImportDefinition, ImportFile } from "../models/import-definition.ts";

export interface FoundFile {
  /** As it is declared, with the name and format under which it came. */
  readonly definition: ImportFile;
  /** Name under which it is declared. */
  readonly declared: string;
  readonly path: string;
}

/** A file by each of the names that it may have. */
export const formsOf = (file: ImportFile): readonly ImportFile[] => [
  file,
  ...Object.entries(file.or ?? {}).map(([name, format]) => ({ ...file, file: name, format })),
];

/**
 * Finds the files of an import in a folder, without regard to case; optional ones may be missing, but not all.
 * @throws VitrineError IMPORT_INPUT that names the folder, or all files at once that are missing, that are no
 * files, or that are there under several of their names: nobody knows which is meant.
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
    const wanted = new Map(formsOf(file).map((form) => [form.file.toLowerCase(), form]));
    const alike = names.filter((name) => wanted.has(name.toLowerCase())).sort();
    const [name] = alike;
    const form = wanted.get(name?.toLowerCase() ?? "");
    if (name === undefined || form === undefined) {
      if (!file.optional) missing.push(file.file);
    } else if (alike.length > 1) doubled.push(...alike);
    else {
      const path = join(dir, name);
      // What cannot be looked at says so when it is read.
      if ((await stat(path).catch(() => undefined))?.isFile() === false) noFiles.push(name);
      found.push({ definition: form, declared: file.file, path });
    }
  }
  if (missing.length > 0) fail(`The folder ${dir} lacks ${missing.join(", ")}.`, { details: { missing } });
  if (found.length + doubled.length === 0) {
    const wanted = definition.files.map(({ file }) => file);
    fail(`The folder ${dir} has none of ${wanted.join(", ")}.`, { details: { missing: wanted } });
  }
  if (doubled.length > 0) {
    const isOneName = new Set(doubled.map((name) => name.toLowerCase())).size < doubled.length;
    const how = isOneName ? "names that differ in case only" : "one thing in several formats";
    fail(`The folder ${dir} has ${doubled.join(", ")}: ${how}. Leave one of each.`, { details: { doubled } });
  }
  if (noFiles.length > 0)
    fail(`In the folder ${dir} these are no files: ${noFiles.join(", ")}.`, { details: { noFiles } });
  return found;
}

const folderProblems: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "is no folder",
};
