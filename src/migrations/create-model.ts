import { existsSync } from "node:fs";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Domain } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type OpenColumn, readModelColumns } from "./model-columns.ts";
import { toCamel, writeModelTexts } from "./model-texts.ts";
import { loadDefinition, tryView } from "./try-model.ts";
import { writeNewFiles } from "./write-new-files.ts";

export interface NewModel {
  /** Folder of the project file, and of its SQL files; both absolute. */
  readonly projectDir: string;
  readonly sqlDir: string;
  readonly domain: Pick<Domain, "name" | "models">;
  /** snake_case */
  readonly name: string;
  /** The table whose rows it shows. */
  readonly table: string;
  /** Throws when the project would not load with the model. */
  readonly check: (model: DocumentModel) => void;
  /** Nothing is written after it. */
  readonly signal?: AbortSignal;
}

export interface CreatedModel {
  /** Written, absolute. */
  readonly files: readonly string[];
  /** Columns that documents cannot show as they are, and why. */
  readonly open: readonly OpenColumn[];
  /** The line that makes it a model of the domain, and the file in which it was written; null: to be added by hand. */
  readonly line: string;
  readonly listedIn: string | null;
}

/**
 * Writes the view and the definition of a model that shows one table, and lists it in the domain's
 * `models/index.ts` when there is one. They are loaded and tried before anything is written: all of it is there
 * afterwards, or nothing. Never writes over a file.
 * @throws VitrineError USAGE when the table is missing or has no simple key; when a name is taken or the
 *   project would not load with the model. FILE_FAILED, CANCELLED.
 */
export async function createModel(db: Queryable, model: NewModel): Promise<CreatedModel> {
  const { name, table, domain } = model;
  if (!/^[a-z][a-z0-9_]{0,55}$/.test(name))
    throw refuse(`The name ${name} must be snake_case, at most 56 characters.`);
  const columns = await readModelColumns(db, table);
  const texts = writeModelTexts(name, table, columns);
  const definitions = join(model.projectDir, "src/domains", domain.name, "models");
  const file = `${name.replaceAll("_", "-")}.ts`;
  const files = new Map([
    [join(model.sqlDir, "views", domain.name, `${name}.sql`), texts.view],
    [join(definitions, file), texts.definition],
  ]);
  for (const path of files.keys()) if (existsSync(path)) throw refuse(`${path} exists. Choose another name.`);
  const defined = await loadDefinition(join(definitions, file), texts.definition);
  try {
    model.check(defined);
  } catch (error) {
    throw refuse(`The project would not load with ${name}: ${messageOf(error)} Choose another name.`, error);
  }
  await tryView(db, domain.name, name, texts);
  const line = `export { ${toCamel(name)} } from "./${file}";`;
  const list = join(definitions, "index.ts");
  const listedIn = existsSync(list) ? list : null;
  if (model.signal?.aborted) throw new VitrineError("CANCELLED", "Stopped; nothing was written.");
  writeNewFiles(
    files,
    listedIn === null ? null : { path: listedIn, change: (text) => insertLine(text, line) },
  );
  return { files: [...files.keys()], open: columns.open, line, listedIn };
}

const refuse = (problem: string, cause?: unknown): VitrineError =>
  new VitrineError("USAGE", problem, { cause });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Before the first export that comes later in the alphabet. */
function insertLine(text: string, line: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.trimEnd().split(end);
  const at = lines.findIndex((other) => other.startsWith("export {") && other > line);
  lines.splice(at < 0 ? lines.length : at, 0, line);
  return `${lines.join(end)}${end}`;
}
