import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Kind, parse, valueFromASTUntyped } from "graphql";
import type { Project } from "../models/project.ts";
import { readText } from "../read-text.ts";

/** A documented operation that GraphiQL offers in a tab. */
export interface Example {
  /** File name without extension. */
  readonly name: string;
  readonly query: string;
  /** JSON text: the defaults that the operation declares, then those of `<name>.json` beside it; null when it has none. */
  readonly variables: string | null;
}

/** Reads the `.graphql` files of a folder, by name; none when the folder is not there. */
export async function readExamples(folder: string): Promise<readonly Example[]> {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  const names = files.filter((file) => file.endsWith(".graphql")).sort();
  return Promise.all(
    names.map(async (file) => {
      const name = file.slice(0, -".graphql".length);
      const query = await readText(join(folder, file));
      const given = files.includes(`${name}.json`) ? await readText(join(folder, `${name}.json`)) : "{}";
      const variables = { ...readDefaults(query), ...JSON.parse(given) };
      const hasVariables = Object.keys(variables).length > 0;
      return { name, query, variables: hasVariables ? JSON.stringify(variables, null, 2) : null };
    }),
  );
}

/** The examples of every domain, in the order of the domains: the first is the one that GraphiQL opens with. */
export async function readProjectExamples(
  { domains }: Pick<Project, "domains">,
  projectDir: string,
): Promise<readonly Example[]> {
  const folders = domains.flatMap(({ examples }) => (examples === undefined ? [] : [examples]));
  const found = await Promise.all(folders.map((folder) => readExamples(resolve(projectDir, folder))));
  return found.flat();
}

/** The values that a document's operations declare for their variables. */
const readDefaults = (query: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    parse(query).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? (definition.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
            defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
          )
        : [],
    ),
  );
