import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
 * Definitions import nothing but each other and packages, so they and the SQL are the whole project.
 * @param onEnd takes what removes the folder; in a hook, which has no test to wait for, `afterAll`
 */
export async function copyProject(
  onEnd: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<ProjectCopy> {
  return copyFiles(onEnd, {
    "vitrine.config.ts": "vitrine.config.ts",
    "src/models": "src/models",
    "src/domains": "src/domains",
    sql: "sql",
    examples: "examples",
  });
}

/** The same with the garden: far fewer files, for tests of what no domain is about. */
export async function copyGarden(
  onEnd: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<ProjectCopy> {
  const copy = await copyFiles(onEnd, {
    "src/models": "src/models",
    "test/support/garden/models.ts": "src/domains/garden/models/garden.ts",
    "test/support/garden/sql": "sql",
  });
  const models = join(copy.dir, "src/domains/garden/models");
  const text = await readFile(join(models, "garden.ts"), "utf8");
  await writeFile(join(models, "garden.ts"), text.replaceAll("../../../src/models/", "../../../models/"));
  await copy.write("src/domains/garden/models/index.ts", 'export * from "./garden.ts";\n');
  await copy.write(
    "vitrine.config.ts",
    `import * as models from "./src/domains/garden/models/index.ts";
import { defineDomain, defineProject } from "./src/models/project.ts";
const garden = defineDomain({ name: "garden", description: "A garden.", models: Object.values(models) });
export default defineProject({ sql: "sql", domains: [garden] });
`,
  );
  return copy;
}

/** @param files where each file or folder of the repository goes */
async function copyFiles(
  onEnd: (remove: () => Promise<void>) => void,
  files: Readonly<Record<string, string>>,
): Promise<ProjectCopy> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-project-"));
  onEnd(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, "package.json"), '{ "type": "module" }');
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  for (const [from, to] of Object.entries(files))
    await cp(join(root, from), join(dir, to), { recursive: true });
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
