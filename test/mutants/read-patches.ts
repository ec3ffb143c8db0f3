import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutant.ts";

const patches = fileURLToPath(new URL("patches/", import.meta.url));

/** The file of a mutant's patch, which `git apply` takes as it is. */
export const patchOf = ({ name }: Pick<Mutant, "name">): string => `${patches}${name}.patch`;

/**
 * Every mutant, by name. A patch begins with its trap, and with `Red: <file below test/> > <part of the test's name>`.
 * @throws Error that names a patch which begins otherwise
 */
export function readMutants(): readonly Mutant[] {
  return readdirSync(patches, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".patch"))
    .sort()
    .map((file) => readHeader(file.replace(/\.patch$/, "")));
}

function readHeader(name: string): Mutant {
  const text = readFileSync(patchOf({ name }), "utf8");
  const [, trap, test, named] = /^(.+\.)\nRed: (\S+) > (.+)\n\n(?:diff --git|---) /.exec(text) ?? [];
  if (trap === undefined || test === undefined || named === undefined)
    throw new Error(
      `${name}.patch does not begin with its trap and its test: see test/mutants/read-patches.ts.`,
    );
  return { name, trap, test, named };
}
