import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A project of its own in a temporary folder, which begins as this repository's; gone in the end. */
export interface ProjectCopy {
  readonly dir: string;
  readonly sqlDir: string;
  readonly projectFile: string;
  write(file: string, text: string): Promise<void>;
  /** Adds a line at the end of a file. */
  append(file: string, line: string): Promise<void>;
}

/**
 * Definitions import nothing but each other, so they and the SQL are the whole project.
 * @param onEnd takes what removes the folder; in a hook, which has no test to wait for, `afterAll`
 */
export async function copyProject(
  onEnd: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<ProjectCopy> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-project-"));
  onEnd(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, "package.json"), '{ "type": "module" }');
  for (const path of ["vitrine.config.ts", "src/models", "src/domains", "sql", "examples"])
    await cp(join(root, path), join(dir, path), { recursive: true });
  return {
    dir,
    sqlDir: join(dir, "sql"),
    projectFile: join(dir, "vitrine.config.ts"),
    write: (file, text) => writeFile(join(dir, file), text),
    append: async (file, line) => {
      const text = await readFile(join(dir, file), "utf8");
      await writeFile(join(dir, file), `${text}${line}\n`);
    },
  };
}
