import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { toFileError } from "../file-errors.ts";
import { makeFolder } from "../make-folder.ts";

/** A file that is there, and what becomes of its text. */
export interface FileChange {
  readonly path: string;
  readonly change: (text: string) => string;
}

/**
 * Writes new files and changes those that are there, or leaves everything as it was. In one go, without giving way to
 * anything else: neither a signal nor a failure finds half of it. Never writes a new file over another.
 * @param files path → text
 * @throws VitrineError FILE_FAILED
 */
export function writeNewFiles(files: ReadonlyMap<string, string>, changes: readonly FileChange[] = []): void {
  const written: string[] = [];
  const write = (path: string, text: string) => {
    // `wx`: never over a file that somebody else has just made.
    writeFileSync(path, "", { flag: "wx" });
    written.push(path);
    writeFileSync(path, text);
  };
  let path = "";
  try {
    for ([path] of files) {
      makeFolder(dirname(path));
      write(path, files.get(path) ?? "");
    }
    const next = changes.map((one) => {
      path = one.path;
      const partial = `${path}.${process.pid}.partial`;
      write(partial, one.change(readFileSync(path, "utf8")));
      return { path, partial };
    });
    // Renamed when all are written, so that each is the old one or the new one.
    for (const one of next) renameSync(one.partial, one.path);
  } catch (error) {
    for (const one of written) rmSync(one, { force: true });
    throw toFileError(error, path);
  }
}
