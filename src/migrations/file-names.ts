import { engineDomain, enginePrefix } from "../models/engine-names.ts";
import { listNames, type NamedDomain } from "../models/list-names.ts";
import { type MadeKind, readMadeObjects } from "./made-objects.ts";
import type { SqlFiles } from "./sql-files.ts";

interface Maker {
  readonly kind: MadeKind;
  readonly object: string;
  readonly domain: string;
  /** `views/pos/sales.sql` */
  readonly file: string;
}

/** Tables and views share their names. */
const spaceOf = (kind: MadeKind): string => (kind === "table" || kind === "view" ? "table or view" : kind);

/**
 * Compares the objects that SQL files make with each other, and with the names that the project's definitions need.
 * @returns a sentence for each name that two files make, that is the engine's, or that a file of a domain makes which
 *   another domain needs and does not use
 */
export function findFileNameProblems(files: SqlFiles, domains: readonly NamedDomain[]): readonly string[] {
  const makers = new Map<string, Maker>();
  const problems: string[] = [];
  for (const maker of listMakers(files)) {
    if (maker.domain !== engineDomain && maker.object.toLowerCase().startsWith(enginePrefix)) {
      problems.push(
        `${maker.file} makes the ${maker.kind} ${maker.object}, and names that begin with ${enginePrefix} are the engine's. Give it another name.`,
      );
      continue;
    }
    const key = `${spaceOf(maker.kind)} ${maker.object.toLowerCase()}`;
    const other = makers.get(key);
    if (other === undefined) makers.set(key, maker);
    else
      problems.push(
        `${other.file} makes the ${other.kind} ${other.object}, and ${maker.file} the ${maker.kind} ${maker.object}. Give one of them another name.`,
      );
  }
  for (const domain of domains)
    for (const { space, name, owner } of listNames(domain)) {
      const maker = makers.get(`${space} ${name.toLowerCase()}`);
      if (!maker || maker.domain === domain.name || domain.uses?.includes(maker.domain)) continue;
      problems.push(
        `${owner.replace(/^d/, "D")} needs the ${space} ${name}, which ${maker.file} makes for domain ${maker.domain}. Give one of them another name, or let domain ${domain.name} use ${maker.domain}.`,
      );
    }
  return problems;
}

/** What the files make in the end, once for each domain and kind. */
function listMakers({ versioned, repeatable }: SqlFiles): readonly Maker[] {
  const made = new Map<string, Maker>();
  for (const { domain, name: file, text } of versioned)
    for (const { action, kind, object } of readMadeObjects(text)) {
      const key = `${domain}/${kind}/${object.toLowerCase()}`;
      if (action === "drop") made.delete(key);
      else made.set(key, { kind, object, domain, file });
    }
  return [
    // A routine of a migration may become a file of its own.
    ...[...made.values()].filter(
      (maker) =>
        !repeatable.some(
          ({ kind, object, domain }) =>
            kind === maker.kind &&
            domain === maker.domain &&
            object.toLowerCase() === maker.object.toLowerCase(),
        ),
    ),
    ...repeatable.map(({ kind, object, domain, name: file }) => ({ kind, object, domain, file })),
  ];
}
