import { existsSync } from "node:fs";
import { dirname, join, parse, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { VitrineError } from "./errors.ts";
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
  const module: unknown = await importProject(projectFile).catch((error: unknown) =>
    fail(`The project file ${projectFile} cannot be loaded: ${toMessage(error).replace(/\.$/, "")}.`, error),
  );
  const project = module && typeof module === "object" && "default" in module ? module.default : undefined;
  if (!isProject(project))
    return fail(`${projectFile} does not export a project (defineProject) as default.`);
  return { ...check(project, projectFile), sqlDir: resolve(dirname(projectFile), project.sql) };
}

/** Also of a project file that exports an object which nobody has checked. */
function check(project: Project, projectFile: string): Project {
  try {
    return defineProject(project);
  } catch (error) {
    throw new VitrineError("CONFIG_INVALID", `The project file ${projectFile}: ${toMessage(error)}`, {
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

const toMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
