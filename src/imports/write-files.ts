import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { VitrineError } from "../errors.ts";
import { type FilePurpose, toFileError } from "../file-errors.ts";
import { makeFolder } from "../make-folder.ts";
import type { GeneratedFile } from "../models/project.ts";
import { noProgress, type Progress } from "../progress.ts";

const outPurpose: FilePurpose = {
  code: "USAGE",
  remedy: "Choose another folder with --out, or make room.",
};

export interface WrittenFile {
  readonly file: string;
  readonly lines: number;
  readonly bytes: number;
}

/** About 64 KiB: one system call, and a good size for the pipe behind it. */
const chunkLength = 65_536;

/**
 * Writes generated files into `dir`, which is made when missing, in constant memory. Each is written under
 * a temporary name and then renamed, so no half file is ever seen under its own.
 * @throws VitrineError USAGE when the folder cannot be written; CANCELLED when the signal says so.
 */
export async function writeFiles(
  files: Iterable<GeneratedFile>,
  dir: string,
  progress: Progress = noProgress,
  signal?: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  try {
    makeFolder(dir, { purpose: outPurpose });
    for (const { file, expectedLines, lines } of files) {
      const path = join(dir, file);
      const step = progress.start(file, expectedLines);
      const output = createWriteStream(`${path}.part`);
      let text = "";
      let count = 0;
      for (const line of lines) {
        text += `${line}\n`;
        count += 1;
        if (text.length < chunkLength) continue;
        signal?.throwIfAborted();
        if (!output.write(text)) await once(output, "drain");
        step.update(count);
        text = "";
      }
      output.end(text);
      await finished(output);
      await rename(`${path}.part`, path);
      step.end(`${count.toLocaleString("en")} lines`);
      written.push({ file, lines: count, bytes: output.bytesWritten });
    }
  } catch (error) {
    if (signal?.aborted) throw new VitrineError("CANCELLED", "Stopped before all files were written.");
    throw toFileError(error, dir, outPurpose);
  }
  return written;
}
