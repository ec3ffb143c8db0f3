import { engineDomain, enginePrefix, engineTypes } from "./engine-names.ts";
import { listNames, type NameSpace, type OwnedName } from "./list-names.ts";
import type { Domain } from "./project.ts";

/** What to do about a name that two definitions make. */
const remedies: Readonly<Record<NameSpace, string>> = {
  domain: "Give one of them another name.",
  model: "Give one of them another name or exportName.",
  "GraphQL type": "Change the typeName (of a procedure: the name) of one of them.",
  "query field": "Change the typeName (of a procedure: the name) of one of them.",
  "mutation field": "Give one of the procedures another name.",
  "subscription field": "Change the typeName of one of them.",
  "table or view":
    "Give one of them another name; a table is captured by one domain, and used by others that say `uses`.",
  procedure: "Give one of them another name.",
  "signal number": "Take a number that no other rule has.",
  "export file": "Give one of them another exportName.",
  "import file": "List it once.",
};

/** Spaces whose names a server or a file system may compare without regard to case. */
const caseless: ReadonlySet<NameSpace> = new Set([
  "domain",
  "table or view",
  "procedure",
  "export file",
  "import file",
]);

const engineOwned: readonly OwnedName[] = [
  { space: "domain", name: engineDomain, owner: "the engine" },
  ...engineTypes.map((name) => ({ space: "GraphQL type" as const, name, owner: "the engine" })),
  { space: "export file", name: "manifest", owner: "the list of an export's files" },
];

/**
 * Compares every name of a project with every other of its space and with the engine's.
 * @returns a sentence for each pair of owners that make one name; none when all differ
 */
export function findNameProblems(domains: readonly Domain[]): readonly string[] {
  const owners = new Map<string, OwnedName>();
  const problems = new Map<string, string>();
  for (const one of [...engineOwned, ...domains.flatMap(listNames)]) {
    const { space, name, owner } = one;
    if (space === "GraphQL type" && !/^[A-Z][A-Za-z0-9]*$/.test(name))
      problems.set(
        `${owner} ${name}`,
        `${capitalized(owner)} makes the type ${name}: it must be PascalCase.`,
      );
    if (isReserved(one)) problems.set(`${owner} ${space}`, reservedProblem(one));
    const key = `${space} ${caseless.has(space) ? name.toLowerCase() : name}`;
    const other = owners.get(key);
    if (other === undefined) owners.set(key, one);
    else if (other.meaning === undefined || other.meaning !== one.meaning) {
      // What one name makes double, others follow: the first of a pair says it all.
      const pair = `${other.owner}|${owner}`;
      if (!problems.has(pair)) problems.set(pair, describe(other, one));
    }
  }
  return [...problems.values()];
}

const isReserved = ({ space, name, owner }: OwnedName): boolean =>
  (space === "table or view" || space === "procedure") &&
  owner !== "the engine" &&
  name.toLowerCase().startsWith(enginePrefix);

const reservedProblem = ({ space, name, owner }: OwnedName): string =>
  `${capitalized(owner)} needs the ${space} ${name}, and names that begin with ${enginePrefix} are the engine's. Give it another name.`;

function describe(one: OwnedName, other: OwnedName): string {
  const { space, name } = other;
  const shown = space === "import file" ? name.slice(name.indexOf("/") + 1) : name;
  if (space === "domain" && one.owner === other.owner)
    return `Two domains are called ${name}. ${remedies.domain}`;
  const made =
    one.owner === other.owner
      ? `${one.owner} makes the ${space} ${shown} twice`
      : `${one.owner} and ${other.owner} both make the ${space} ${shown}`;
  return `${capitalized(made)}. ${remedies[space]}`;
}

const capitalized = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
