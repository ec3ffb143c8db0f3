import { open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type FilePurpose, toFileError } from "../../file-errors.ts";
import { makeFolder } from "../../make-folder.ts";
import { PARTIAL, writeTemporary } from "../write-file.ts";
import type { Destination, ListedFile } from "./destination.ts";

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
      throw toFileError(error, file, purpose);
    }
  };
  const listAll = (below: string) => guarded(join(root, below), () => readTree(root, join(root, below)));
  return {
    name: root,
    list: async (below) => (await listAll(below)).filter((file) => !file.path.endsWith(PARTIAL)),
    open: (file) =>
      guarded(join(root, file), async () => {
        const handle = await open(join(root, file), "r");
        const { size } = await handle.stat();
        return {
          byteLength: size,
          async slice(start, end = size) {
            const bytes = new Uint8Array(Math.max(end - start, 0));
            const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
            return bytes.buffer.slice(0, bytesRead);
          },
          close: () => handle.close(),
        };
      }),
    async write(file, content, signal) {
      const full = join(root, file);
      makeFolder(dirname(full), { purpose });
      return writeTemporary(full, content, { gzip: false, signal, purpose });
    },
    async clean(below) {
      for (const { path: file } of await listAll(below)) {
        const full = join(root, file);
        if (!file.endsWith(PARTIAL)) continue;
        const left = await stat(full).catch(() => null);
        if (left && Date.now() - left.mtimeMs > ABANDONED_MS) await rm(full, { force: true });
      }
    },
  };
}

async function readTree(root: string, folder: string): Promise<readonly ListedFile[]> {
  const found: ListedFile[] = [];
  for (const entry of await readEntries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await readTree(root, path)));
    else if (entry.isFile())
      found.push({ path: relative(root, path).split(sep).join("/"), bytes: (await stat(path)).size });
  }
  return found;
}

/** None of a folder that is not there. */
const readEntries = async (folder: string) =>
  readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
