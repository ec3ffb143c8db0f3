import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { VitrineError } from "../errors.ts";
import { type FilePurpose, toFileError } from "../file-errors.ts";

/** A file that is complete on disk under a temporary name, and not yet under its own. */
export interface WrittenFile {
  /** Of the file, compressed when it is. */
  readonly bytes: number;
  readonly sha256: string;
  /** Gives the file its name, replacing an older one in one step. */
  publish(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/** Documents may have what is personal in them: whoever else is to read a file is let in by its owner. */
const OWNER_ONLY = 0o600;

/**
 * Writes content to a temporary file beside `path` and forces it to disk; `publish` then renames it, so
 * that nobody ever sees half a file, and nobody but its owner reads it. On failure nothing is left.
 * @throws VitrineError EXPORT_FAILED when the folder is not writable or the disk is full; CANCELLED by the signal.
 */
export async function writeTemporary(
  path: string,
  content: AsyncIterable<string | Uint8Array>,
  options: { readonly gzip: boolean; readonly signal?: AbortSignal; readonly purpose?: FilePurpose },
): Promise<WrittenFile> {
  const { purpose = exportPurpose } = options;
  // Of its own: processes of several machines may write to one folder, and their numbers be equal.
  const temporary = `${path}.${crypto.randomUUID()}${PARTIAL}`;
  const discard = () => rm(temporary, { force: true });
  const hash = createHash("sha256");
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    const stages = options.gzip ? [createGzip(), meter] : [meter];
    const sink = createWriteStream(temporary, { flush: true, mode: OWNER_ONLY });
    await pipeline([Readable.from(content, { objectMode: false }), ...stages, sink], {
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    await discard();
    throw toExportError(error, path, purpose);
  }
  const publish = async () => {
    try {
      await rename(temporary, path);
      const folder = await open(dirname(path), "r");
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      await discard();
      throw toExportError(error, path, purpose);
    }
  };
  return { bytes, sha256: hash.digest("hex"), publish, discard };
}

/** What the files of an export are for. */
export const exportPurpose: FilePurpose = {
  code: "EXPORT_FAILED",
  remedy: "Choose another folder with --out, or make room.",
};

/** End of the name of a file that is not complete. */
export const PARTIAL = ".partial";

function toExportError(error: unknown, path: string, purpose: FilePurpose): unknown {
  if (error instanceof Error && error.name === "AbortError")
    return new VitrineError("CANCELLED", "The export was stopped; nothing was written.", { cause: error });
  return toFileError(error, path, purpose);
}
