import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { toFileError } from "../file-errors.ts";
import { makeFolder } from "../make-folder.ts";

/** A file that is there, and what becomes of its text. */
export interface FileChange {
  readonly path: string;
  readonly change: (text: string) => string;
}

/** A file that is not there yet. */
export interface NewFile {
  readonly text: string;
  /** Whether none but its owner may read it, from when it is made. */
  readonly isSecret?: boolean;
}

/**
 * Writes new files and changes those that are there, or leaves everything as it was. In one go, without giving way to
 * anything else: neither a signal nor a failure finds half of it. Never writes a new file over another.
 * @param files path → text, or a file
 * @throws VitrineError FILE_FAILED
 */
export function writeNewFiles(
  files: ReadonlyMap<string, string | NewFile>,
  changes: readonly FileChange[] = [],
): void {
  const written: string[] = [];
  const write = (path: string, { text, isSecret = false }: NewFile) => {
    // `wx`: never over a file that somebody else has just made.
    writeFileSync(path, "", { flag: "wx", mode: isSecret ? 0o600 : 0o666 });
    written.push(path);
    writeFileSync(path, text);
  };
  let path = "";
  try {
    for (const [name, file] of files) {
      path = name;
      makeFolder(dirname(path));
      write(path, typeof file === "string" ? { text: file } : file);
    }
    const next = changes.map((one) => {
      path = one.path;
      const partial = `${path}.${process.pid}.partial`;
      write(partial, { text: one.change(readFileSync(path, "utf8")) });
      return { path, partial };
    });
    // Renamed when all are written, so that each is the old one or the new one.
    for (const one of next) renameSync(one.partial, one.path);
  } catch (error) {
    for (const one of written) rmSync(one, { force: true });
    throw toFileError(error, path);
  }
}
