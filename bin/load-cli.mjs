import { isCurrent, parts } from "./built.mjs";

/** The command line as it was built, when that is current; else from its sources, which takes a second. In this process. */
export function loadCli() {
  if (!isCurrent(parts.commands)) return load("cli");
  // So that a fault tells its line in the sources.
  process.setSourceMapsEnabled(true);
  return import(new URL("../dist/cli.js", import.meta.url).href);
}

/** A module of `src`, by its path without extension. */
export async function load(module) {
  const { register } = await import("tsx/esm/api");
  register();
  return import(new URL(`../src/${module}.ts`, import.meta.url).href);
}
