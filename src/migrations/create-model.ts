import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, VitrineError } from "../errors.ts";
import { packageName } from "../front-door.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Domain } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { compareGeneratedIn, type GeneratedFileChange } from "./generated-files.ts";
import { type Decision, toCamel } from "./print-definition.ts";
import { scaffoldModel } from "./scaffold-model.ts";
import { withScratchDatabase } from "./scratch-database.ts";
import { readTouchedFiles } from "./touched-files.ts";
import { loadDefinition, refuse, refuseTakenName, tryModel, tryView } from "./try-model.ts";
import { type FileChange, writeNewFiles } from "./write-new-files.ts";

export interface NewModel {
  /** Of the project's database. */
  readonly url: string;
  /** Folder of the project file, and of its SQL files; both absolute. */
  readonly projectDir: string;
  readonly sqlDir: string;
  readonly domains: readonly Domain[];
  /** The one that the model belongs to. */
  readonly domain: Domain;
  /** snake_case */
  readonly name: string;
  /** The table or the view whose rows it shows. */
  readonly source: string;
  readonly isView: boolean;
  /** Column of the source that is the document's id; default: the one that tells its rows apart. */
  readonly key?: string | undefined;
  /** Throws when the project would not load with these domains. */
  readonly check: (domains: readonly Domain[]) => void;
  /** Nothing is written after it. */
  readonly signal?: AbortSignal;
}

export interface CreatedModel {
  /** Written, absolute; those that are derived come last. */
  readonly files: readonly string[];
  /** What the definition leaves to its author, as `decide:` marks it. */
  readonly decisions: readonly Decision[];
  /** The line that makes it a model of the domain, and the file in which it was written; null: to be added by hand. */
  readonly line: string;
  readonly listedIn: string | null;
}

/**
 * Writes the definition of a model that shows the rows of a table or a view, its view when the source is not that view
 * itself, and what is derived from them, and lists the model in the domain's `models/index.ts` when there is one. All of
 * it is made and tried in a database of its own before anything is written: it is there afterwards, or nothing is.
 * Never writes over a file of an author.
 * @throws VitrineError USAGE when there is no such source, when it cannot be a model, when a name is taken or the project
 *   would not load; MIGRATION_FAILED for a view that cannot be derived. FILE_FAILED, CANCELLED.
 */
export async function createModel(db: Queryable, model: NewModel): Promise<CreatedModel> {
  const { name, source, isView, domain, domains, url, sqlDir } = model;
  if (!/^[a-z][a-z0-9_]{0,55}$/.test(name))
    throw refuse(`The name ${name} must be snake_case, at most 56 characters.`);
  const definitions = join(model.projectDir, "src/domains", domain.name, "models");
  const file = `${name.replaceAll("_", "-")}.ts`;
  const paths = {
    view: join(sqlDir, "views", domain.name, `${name}.sql`),
    definition: join(definitions, file),
  };
  const isAsItIs = isView && name === source;
  for (const path of isAsItIs ? [paths.definition] : [paths.view, paths.definition])
    if (existsSync(path)) throw refuse(`${path} exists. Choose another name.`);
  if (!isAsItIs) await refuseTakenName(db, name);
  const made = await withScratchDatabase({ url, sqlDir, domains, needed: [source] }, async (scratch) => {
    if (!isAsItIs) await refuseTakenName(scratch, name);
    const models = domains.flatMap((one) => one.models);
    const touched = await readTouchedFiles(sqlDir, domains);
    const isByHand = touched.some((file) => file.model === name && !file.isGenerated);
    const scaffold = await scaffoldModel(scratch, {
      ...{ name, source, isView, models, key: model.key, domain: isByHand ? null : domain.name },
      // A checkout has the language beside its domains; a project of one's own imports the package.
      language: existsSync(join(model.projectDir, "src/models/field.ts")) ? undefined : packageName,
    });
    const defined = await loadDefinition(paths.definition, scaffold.definition);
    const all = grow(domains, domain, defined);
    try {
      model.check(all);
    } catch (error) {
      throw refuse(
        `The project would not load with ${name}: ${messageOf(error)} Choose another name.`,
        error,
      );
    }
    if (scaffold.view !== null) await tryView(scratch, domain.name, name, scaffold.view);
    await tryModel(scratch, defined);
    return { ...scaffold, changes: await compareGeneratedIn(scratch, sqlDir, all) };
  });
  if (model.signal?.aborted) throw new VitrineError("CANCELLED", "Stopped; nothing was written.");
  const listed = {
    list: join(definitions, "index.ts"),
    line: `export { ${toCamel(name)} } from "./${file}";`,
  };
  const texts = new Map([
    ...(made.view === null ? [] : [[paths.view, made.view] as const]),
    [paths.definition, made.definition] as const,
  ]);
  const files = writeFiles(sqlDir, texts, made.changes, listed);
  const listedIn = existsSync(listed.list) ? listed.list : null;
  return { files, decisions: made.decisions, line: listed.line, listedIn };
}

/** Writes all of a model, or nothing. @returns the files */
function writeFiles(
  sqlDir: string,
  texts: ReadonlyMap<string, string>,
  changes: readonly GeneratedFileChange[],
  { list, line }: { readonly list: string; readonly line: string },
): readonly string[] {
  const derived = changes.map(({ file, text = null }) => ({ path: join(sqlDir, file), text }));
  const files = new Map(texts);
  const changed: FileChange[] = [];
  for (const { path, text } of derived) {
    if (text === null) continue;
    if (existsSync(path)) changed.push({ path, change: () => text });
    else files.set(path, text);
  }
  const names = [...files.keys(), ...changed.map(({ path }) => path)];
  if (existsSync(list)) changed.push({ path: list, change: (text) => insertLine(text, line) });
  writeNewFiles(files, changed);
  for (const { path, text } of derived) if (text === null) rmSync(path, { force: true });
  return names;
}

const grow = (domains: readonly Domain[], domain: Domain, model: DocumentModel): readonly Domain[] =>
  domains.map((one) => (one === domain ? { ...one, models: [...one.models, model] } : one));

/** Before the first export that comes later in the alphabet. */
function insertLine(text: string, line: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.trimEnd().split(end);
  const at = lines.findIndex((other) => other.startsWith("export {") && other > line);
  lines.splice(at < 0 ? lines.length : at, 0, line);
  return `${lines.join(end)}${end}`;
}
