import { fileURLToPath } from "node:url";

/**
 * Lets this process import TypeScript from now on, where Node does not read it: the program itself was built, and a
 * definition or project file was not.
 */
export async function readTypeScript(): Promise<void> {
  if (fileURLToPath(import.meta.url).endsWith(".js")) (await import("tsx/esm/api")).register();
}
