import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type FilePurpose, toFileError } from "./file-errors.ts";

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. The only way in which
 * Vitrine makes folders. Not `mkdir` with `recursive`, which on Linux never comes back where the system answers
 * "no such file" to whoever makes a folder (`/proc/x`): it tries the same two for ever.
 * @param options.mode of the folders that are made
 * @throws VitrineError with the code and the remedy of its purpose; FILE_FAILED when none is named
 */
export function makeFolder(
  path: string,
  options: { readonly mode?: number; readonly purpose?: FilePurpose } = {},
): void {
  try {
    makeWithParents(resolve(path), options.mode);
  } catch (error) {
    throw toFileError(error, path, options.purpose, "made");
  }
}

function makeWithParents(folder: string, mode: number | undefined): void {
  try {
    makeOne(folder, mode);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    makeWithParents(dirname(folder), mode);
    makeOne(folder, mode);
  }
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || !statSync(folder).isDirectory()) throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
