import { existsSync } from "node:fs";

/** The command line from its sources in a checkout, else as built; always in this process. */
export const loadCli = () => load("cli");

/** A module of `src`, by its path without extension. */
export async function load(module) {
  const source = new URL(`../src/${module}.ts`, import.meta.url);
  if (!existsSync(source)) return import(new URL(`../dist/src/${module}.js`, import.meta.url).href);
  const { register } = await import("tsx/esm/api");
  register();
  return import(source.href);
}
