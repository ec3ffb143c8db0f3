import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type GraphQLSchema, Kind, parse, validate, valueFromASTUntyped } from "graphql";
import { z } from "zod";
import type { Project } from "../models/project.ts";
import { readText } from "../read-text.ts";

/** A documented operation that GraphiQL offers. */
export interface Example {
  /** File name without extension. */
  readonly name: string;
  /** The name as a sentence begins: `Sales per month`. */
  readonly title: string;
  /** Examples that belong together, as `groups.json` beside them says. */
  readonly group: string;
  readonly query: string;
  /** JSON text: the defaults that the operation declares, then those of `<name>.json` beside it; null when it has none. */
  readonly variables: string | null;
  /** Text of the Vega-Lite spec over its rows, `<name>.vl.json` beside it; null when it has none. */
  readonly spec: string | null;
}

/** Of which domain an example is. */
export interface ProjectExample extends Example {
  readonly domain: string;
}

/** The file that says in which order, and under which headings, the examples of a folder are offered. */
const GROUPS = "groups.json";
const groupsSchema = z.record(z.string(), z.array(z.string()));

/** What no heading is given for. */
const OTHERS = "Others";

/**
 * Reads the `.graphql` files of a folder: in the order of its `groups.json` (`{ "Heading": ["name", …] }`), then by name;
 * none when the folder is not there.
 * @throws TypeError when `groups.json` names no file, or is of another form
 */
export async function readExamples(folder: string): Promise<readonly Example[]> {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  const names = files
    .filter((file) => file.endsWith(".graphql"))
    .map((file) => file.slice(0, -".graphql".length));
  const groups = files.includes(GROUPS) ? await readGroups(join(folder, GROUPS), names) : [];
  const grouped = new Set(groups.map(([, name]) => name));
  const others = names.filter((name) => !grouped.has(name)).sort();
  return Promise.all(
    [...groups, ...others.map((name) => [OTHERS, name] as const)].map(async ([group, name]) => {
      const query = await readText(join(folder, `${name}.graphql`));
      const given = files.includes(`${name}.json`) ? await readText(join(folder, `${name}.json`)) : "{}";
      const variables = { ...readDefaults(query), ...JSON.parse(given) };
      const spec = files.includes(`${name}.vl.json`) ? await readText(join(folder, `${name}.vl.json`)) : null;
      const hasVariables = Object.keys(variables).length > 0;
      return {
        name,
        title: toTitle(name),
        group,
        query,
        spec,
        variables: hasVariables ? JSON.stringify(variables, null, 2) : null,
      };
    }),
  );
}

async function readGroups(
  file: string,
  names: readonly string[],
): Promise<readonly (readonly [group: string, name: string])[]> {
  const groups = groupsSchema.safeParse(JSON.parse(await readText(file)));
  if (!groups.success)
    throw new TypeError(`${file} is not of the form { "Heading": ["name of an example", …] }.`);
  const pairs = Object.entries(groups.data).flatMap(([group, members]) =>
    members.map((name) => [group, name] as const),
  );
  for (const [, name] of pairs)
    if (!names.includes(name)) throw new TypeError(`${file} names ${name}, but there is no ${name}.graphql.`);
  return pairs;
}

/** The examples of every domain, in the order of the domains: the first is the one that GraphiQL opens with. */
export async function readProjectExamples(
  { domains }: Pick<Project, "domains">,
  projectDir: string,
): Promise<readonly ProjectExample[]> {
  const found = await Promise.all(
    domains.map(async ({ name, examples }) => {
      if (examples === undefined) return [];
      const own = await readExamples(resolve(projectDir, examples));
      return own.map((example) => ({ ...example, domain: name }));
    }),
  );
  return found.flat();
}

/** Those of which all that they ask for is in a schema: what a role may see. */
export const keepFitting = <E extends Example>(examples: readonly E[], schema: GraphQLSchema): readonly E[] =>
  examples.filter(({ query }) => validate(schema, parse(query)).length === 0);

const toTitle = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll("-", " ");

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
