import { readdir } from "node:fs/promises";
import type fc from "fast-check";
import type { Domain } from "../../src/models/project.ts";
import type { MirrorContents } from "./open-mirror.ts";
import type { Operation } from "./soundness.ts";

/** What `test/domains/<domain>/index.ts` exports as `tested`: all that tests of every domain ask of one. */
export interface TestedDomain {
  readonly domain: Domain;
  /** Rows on which every operation finds something to work, and the oracle. */
  readonly contents: MirrorContents;
  /** Any write that the tables allow. */
  readonly operation: fc.Arbitrary<Operation>;
}

/** Every domain that has a folder, by name. */
export async function findTestedDomains(): Promise<readonly TestedDomain[]> {
  const folder = new URL("../domains/", import.meta.url);
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const module: { readonly tested: TestedDomain } = await import(
        new URL(`${name}/index.ts`, folder).href
      );
      if (module.tested.domain.name !== name)
        throw new Error(`test/domains/${name} is of the domain ${module.tested.domain.name}.`);
      return module.tested;
    }),
  );
}
