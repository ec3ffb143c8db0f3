import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. As `mkdir` with `recursive`,
 * which on Linux never comes back where the system answers "no such file" to whoever makes a folder (`/proc/x`):
 * it tries the same two for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path);
  const make = () =>
    mkdir(folder).catch(async (error: unknown) => {
      if (codeOf(error) !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
    });
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make();
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
