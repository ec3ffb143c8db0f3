import { open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { VitrineError } from "../../errors.ts";
import type { FilePurpose } from "../../file-errors.ts";
import { makeFolder } from "../../make-folder.ts";
import { PARTIAL, writeTemporary } from "../write-file.ts";
import type { Destination, ListedFile, OpenedFile } from "./destination.ts";

/** What files of an incremental export are for. */
const purpose: FilePurpose = {
  code: "EXPORT_FAILED",
  remedy: "Choose another folder with --to, or make room.",
};

/** Whoever writes a file goes on writing: one that is left alone for so long was left behind. */
const ABANDONED_MS = 60 * 60 * 1000;

/** A folder of this machine. It is made when something is written. */
export function openFolder(path: string): Destination {
  const root = resolve(path);
  const guarded = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toReadError(error, file);
    }
  };
  return {
    name: root,
    list: (below, { signal, after }) =>
      guarded(join(root, below), async () => {
        const found: ListedFile[] = [];
        for await (const path of readTree(root, below, after)) {
          signal.throwIfAborted();
          if (path.endsWith(PARTIAL)) continue;
          const file = await stat(join(root, path)).catch(nullIfMissing);
          if (file) found.push({ path, bytes: file.size });
        }
        return found;
      }),
    open: (file, signal) => guarded(join(root, file), () => openFile(join(root, file), signal)),
    find: (file, signal) =>
      guarded(join(root, file), () => openFile(join(root, file), signal).catch(nullIfMissing)),
    async write(file, content, signal) {
      const full = join(root, file);
      makeFolder(dirname(full), { mode: 0o700, purpose });
      return writeTemporary(full, content, { gzip: false, signal, purpose });
    },
    clean: (below, signal) =>
      guarded(join(root, below), async () => {
        for await (const file of readTree(root, below)) {
          signal.throwIfAborted();
          if (!file.endsWith(PARTIAL)) continue;
          const full = join(root, file);
          const left = await stat(full).catch(() => null);
          if (left && Date.now() - left.mtimeMs > ABANDONED_MS) await rm(full, { force: true });
        }
      }),
  };
}

async function openFile(path: string, signal: AbortSignal): Promise<OpenedFile> {
  const handle = await open(path, "r");
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      signal.throwIfAborted();
      const bytes = new Uint8Array(Math.max(end - start, 0));
      try {
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer.slice(0, bytesRead);
      } catch (error) {
        throw toReadError(error, path);
      }
    },
    close: () => handle.close(),
  };
}

/** The paths of all files below a folder that sort behind `after`. None of a folder that is not there. */
async function* readTree(root: string, folder: string, after = ""): AsyncGenerator<string> {
  const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(nullIfMissing)) ?? [];
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const inside = `${path}/`;
    if (entry.isFile() && path > after) yield path;
    // A folder before it holds nothing behind it, unless it is on the way there.
    if (entry.isDirectory() && (inside > after || after.startsWith(inside)))
      yield* readTree(root, path, after);
  }
}

/** What the system says when a file is read tells nothing of what that holds. */
function toReadError(error: unknown, path: string): unknown {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return error;
  return new VitrineError(
    "EXPORT_FAILED",
    `${path} cannot be read (${error.code}). Mend that, or begin another destination with --to.`,
    { cause: error, details: { path } },
  );
}

/** Others write and tidy up meanwhile. */
function nullIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
