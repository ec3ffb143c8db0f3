import { existsSync, readFileSync } from "node:fs";
import { dirname, join, parse, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { messageOf, VitrineError } from "./errors.ts";
import { defineProject, type Project } from "./models/project.ts";
import { readTypeScript } from "./read-typescript.ts";

/** A project and where its SQL is. */
export interface LoadedProject extends Project {
  /** Absolute. */
  readonly sqlDir: string;
}

/**
 * Loads a project file: a module that exports a project as default.
 * @throws VitrineError CONFIG_INVALID when there is none, or it is not one
 */
export async function loadProject(projectFile: string): Promise<LoadedProject> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new VitrineError("CONFIG_INVALID", `${problem} VITRINE_PROJECT names the project file.`, { cause });
  };
  if (!existsSync(projectFile)) fail(`There is no project file ${projectFile}.`);
  const commonJs = findCommonJsPackage(projectFile);
  if (commonJs !== null)
    fail(
      `The project file ${projectFile} is an ES module, and ${commonJs} says that its folder is CommonJS. Write "type": "module" into it; or keep the project in a folder of its own, with a package.json that says so, beside what is CommonJS.`,
    );
  const module: unknown = await importProject(projectFile).catch((error: unknown) =>
    fail(`The project file ${projectFile} cannot be loaded: ${messageOf(error).replace(/\.$/, "")}.`, error),
  );
  const project = module && typeof module === "object" && "default" in module ? module.default : undefined;
  if (!isProject(project))
    return fail(`${projectFile} does not export a project (defineProject) as default.`);
  return { ...check(project, projectFile), sqlDir: resolve(dirname(projectFile), project.sql) };
}

/** The package.json by which Node takes a file for CommonJS; null: it does not. */
function findCommonJsPackage(file: string): string | null {
  if (/\.m[jt]s$/.test(file)) return null;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const name = join(folder, "package.json");
    if (existsSync(name)) {
      // As npm and Node read it; what is no JSON is for them to tell.
      const isModule = /"type"\s*:\s*"module"/.test(readFileSync(name, "utf8"));
      return isModule ? null : name;
    }
    if (folder === dirname(folder)) return null;
  }
}

/** Also of a project file that exports an object which nobody has checked. */
function check(project: Project, projectFile: string): Project {
  try {
    return defineProject(project);
  } catch (error) {
    throw new VitrineError("CONFIG_INVALID", `The project file ${projectFile}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** As it was built together with this program, if it was; TypeScript by tsx where Node does not read it. */
async function importProject(projectFile: string): Promise<unknown> {
  const { dir, name, ext } = parse(projectFile);
  const self = fileURLToPath(import.meta.url);
  const built = join(dir, "dist", `${name}.js`);
  if (self.startsWith(join(dir, "dist") + sep) && existsSync(built)) return import(pathToFileURL(built).href);
  if (ext === ".ts") await readTypeScript();
  return import(pathToFileURL(projectFile).href);
}

const isProject = (value: unknown): value is Project =>
  typeof value === "object" && value !== null && "sql" in value && "domains" in value;
