import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Kind, parse, valueFromASTUntyped } from "graphql";

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
      const query = await readFile(join(folder, file), "utf8");
      const given = files.includes(`${name}.json`)
        ? await readFile(join(folder, `${name}.json`), "utf8")
        : "{}";
      const variables = { ...readDefaults(query), ...JSON.parse(given) };
      const hasVariables = Object.keys(variables).length > 0;
      return { name, query, variables: hasVariables ? JSON.stringify(variables, null, 2) : null };
    }),
  );
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
