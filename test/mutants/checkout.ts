import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutant.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Not copied: the packages, which are linked, and what only this folder has. */
const left = new Set(["node_modules", ".git", ".vitrine", "dist", "coverage"]);

/** Makes a copy of the repository that shares its packages. */
export async function copyRepository(dir: string): Promise<void> {
  await mkdir(join(dir, "tmp"), { recursive: true });
  for (const name of await readdir(repository))
    if (!left.has(name)) await cp(join(repository, name), join(dir, name), { recursive: true });
  await symlink(join(repository, "node_modules"), join(dir, "node_modules"));
}

/** How often the text that a mutant replaces is in its file. */
export async function countPlaces({ file, find }: Mutant): Promise<number> {
  return (await readFile(join(repository, file), "utf8")).split(find).length - 1;
}

/** Runs `work` while the copy holds the mutant. */
export async function withMutant<T>(dir: string, mutant: Mutant, work: () => Promise<T>): Promise<T> {
  const file = join(dir, mutant.file);
  const text = await readFile(file, "utf8");
  // A function, because `$` means something in a replacement text.
  await writeFile(
    file,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    return await work();
  } finally {
    await writeFile(file, text);
  }
}
