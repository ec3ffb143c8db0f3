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
 * Writes new files and changes one that is there, or leaves everything as it was. In one go, without giving way to
 * anything else: neither a signal nor a failure finds half of it. Never writes over a file.
 * @param files path → text
 * @throws VitrineError FILE_FAILED
 */
export function writeNewFiles(files: ReadonlyMap<string, string>, changed: FileChange | null = null): void {
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
    if (changed === null) return;
    path = changed.path;
    const next = `${path}.${process.pid}.partial`;
    write(next, changed.change(readFileSync(path, "utf8")));
    // Renamed, so that it is the old one or the new one.
    renameSync(next, path);
  } catch (error) {
    for (const one of written) rmSync(one, { force: true });
    throw toFileError(error, path);
  }
}
