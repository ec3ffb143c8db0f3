import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { VitrineError } from "./errors.ts";
import type { Project } from "./models/project.ts";

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
  const module: unknown = await import(pathToFileURL(projectFile).href).catch((error: unknown) =>
    fail(`The project file ${projectFile} cannot be loaded: ${toMessage(error)}.`, error),
  );
  const project = module && typeof module === "object" && "default" in module ? module.default : undefined;
  if (!isProject(project))
    return fail(`${projectFile} does not export a project (defineProject) as default.`);
  return { ...project, sqlDir: resolve(dirname(projectFile), project.sql) };
}

/** Its parts were checked when they were defined. */
const isProject = (value: unknown): value is Project =>
  typeof value === "object" && value !== null && "sql" in value && "domains" in value;

const toMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
