import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "../read-text.ts";

/** A documented operation that GraphiQL offers in a tab. */
export interface Example {
  /** File name without extension. */
  readonly name: string;
  readonly query: string;
  /** JSON text, from `<name>.json` beside the operation. */
  readonly variables: string | null;
}

/** Reads the `.graphql` files of a folder, by name; none when the folder is not there. */
export async function readExamples(folder: string): Promise<readonly Example[]> {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  const names = files.filter((file) => file.endsWith(".graphql")).sort();
  return Promise.all(
    names.map(async (file) => {
      const name = file.slice(0, -".graphql".length);
      const hasVariables = files.includes(`${name}.json`);
      return {
        name,
        query: await readText(join(folder, file)),
        variables: hasVariables ? await readText(join(folder, `${name}.json`)) : null,
      };
    }),
  );
}
