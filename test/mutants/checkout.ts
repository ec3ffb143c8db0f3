import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutant.ts";
import { patchOf } from "./read-patches.ts";

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

/** Why a mutant's patch cannot be applied to a checkout; null when it can. */
export const findPatchFault = (dir: string, mutant: Mutant): Promise<string | null> =>
  apply(dir, mutant, "--check").then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** Runs `work` while the checkout holds the mutant. @throws Error when the patch no longer applies */
export async function withMutant<T>(dir: string, mutant: Mutant, work: () => Promise<T>): Promise<T> {
  await apply(dir, mutant);
  try {
    return await work();
  } finally {
    await apply(dir, mutant, "--reverse");
  }
}

function apply(dir: string, mutant: Mutant, ...options: readonly string[]): Promise<void> {
  // A repository around the checkout is no concern of it.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(dir) };
  return new Promise((resolve, reject) => {
    execFile("git", ["apply", ...options, patchOf(mutant)], { cwd: dir, env }, (error, _, stderr) => {
      if (error === null) return resolve();
      reject(new Error(`${mutant.name}.patch no longer applies: ${stderr.trim() || error.message}`));
    });
  });
}
