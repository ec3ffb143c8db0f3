import { existsSync } from "node:fs";
import { join } from "node:path";
import { readNotedTables } from "../../core/noted-tables.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { Domain } from "../../models/project.ts";
import { readText } from "../../read-text.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { findMissingParts, type MissingPart } from "../missing-parts.ts";
import { isGenerated } from "../read-captured.ts";
import { type RepeatableFile, readSqlFiles } from "../sql-files.ts";
import { type Answers, decideFate } from "./decide-fate.ts";
import { takeFieldOut } from "./edit-definition.ts";
import { renameColumn, renameTable, takeColumnOut } from "./edit-view.ts";
import { readTables } from "./find-renames.ts";
import { findColumnUses, findTableUses, readSqlTokens } from "./sql-tokens.ts";

/** The project whose files follow the tables. */
export interface MendedProject {
  readonly sqlDir: string;
  /** Of the project file. */
  readonly projectDir: string;
  readonly domains: readonly Domain[];
}

/** What has to change in files of the project, and what only a person can change. */
export interface MendPlan {
  /** Absolute path → its text from now on. */
  readonly files: ReadonlyMap<string, string>;
  /** What was found, and becomes of it, in a sentence each. */
  readonly told: readonly string[];
  readonly byHand: readonly string[];
  /** What has to be answered first: whether it was renamed or dropped, and how that is said. */
  readonly questions: readonly string[];
}

/** Texts of files as they become, by absolute path. */
interface Draft {
  readonly files: Map<string, string>;
  readonly told: string[];
  readonly byHand: string[];
  readonly questions: string[];
}

/**
 * Finds what owners have dropped or renamed of what views of the project read, and how the files follow: a new name is read,
 * and shown as the one before; what is gone is taken out of views and definitions. What may be either is asked, and left
 * alone until it is answered. Writes nothing, and finds nothing where nothing was made yet.
 * @throws VitrineError USAGE for an answer that names what is not there
 */
export async function planMend(
  db: MariaDb,
  project: MendedProject,
  answers: Answers = { renamed: [], dropped: [] },
): Promise<MendPlan> {
  const { sqlDir, domains } = project;
  const draft: Draft = { files: new Map(), told: [], byHand: [], questions: [] };
  const models = domains.flatMap((domain) => domain.models.map(({ name }) => name));
  const missing = await findMissingParts(db, models);
  if (missing.length === 0) return draft;
  const [known, now] = [await readNotedTables(db), await readTables(db)];
  const names = domains.map(({ name }) => name);
  const views = (await readSqlFiles(sqlDir, names)).repeatable.filter(
    ({ kind, text }) => kind === "view" && !isGenerated(text),
  );
  for (const part of missing) {
    const readers = views.filter((view) => isNamed(textOf(draft, sqlDir, view), part));
    // Views of others are theirs to mend.
    if (readers.length === 0) continue;
    const fate = decideFate(part, { known, now }, answers);
    if (fate.question !== undefined) {
      draft.questions.push(fate.question);
      continue;
    }
    for (const view of readers)
      if (fate.to !== null) follow(draft, { sqlDir, view, part, to: fate.to });
      else if (part.column === null) nameGoneTable(draft, view, part.table);
      else await takeOut(draft, project, { view, table: part.table, column: part.column });
  }
  return { ...draft, told: [...new Set(draft.told)] };
}

/** Whether the text of a view names a table, or a column of it. */
function isNamed(sql: string, { table, column }: MissingPart): boolean {
  const tokens = readSqlTokens(sql);
  return (
    (column === null ? findTableUses(tokens, table) : findColumnUses(tokens, { table, column })).length > 0
  );
}

const textOf = ({ files }: Draft, sqlDir: string, { name, text }: RepeatableFile): string =>
  files.get(join(sqlDir, name)) ?? text;

interface Step {
  readonly sqlDir: string;
  readonly view: RepeatableFile;
  readonly part: MissingPart;
}

/** A view reads the new name. */
function follow(draft: Draft, { sqlDir, view, part, to }: Step & { readonly to: string }): void {
  const { table, column } = part;
  const before = textOf(draft, sqlDir, view);
  const after =
    column === null ? renameTable(before, table, to) : renameColumn(before, { table, column, to });
  if (after === before) return;
  draft.files.set(join(sqlDir, view.name), after);
  const [old, fresh] = column === null ? [table, to] : [`${table}.${column}`, `${table}.${to}`];
  draft.told.push(`${old} is ${fresh} now: views read that, and show what they showed.`);
}

/** Which rows a document is of is nobody's guess. */
function nameGoneTable(draft: Draft, view: RepeatableFile, table: string): void {
  draft.byHand.push(
    `Table ${table} is gone: take it out of ${view.name} and of the definition of ${view.object}, or both files with the model's line in its domain.`,
  );
}

/** A view and the definition of its model show no more what a column said. */
async function takeOut(
  draft: Draft,
  { sqlDir, projectDir, domains }: MendedProject,
  { view, ...part }: { readonly view: RepeatableFile; readonly table: string; readonly column: string },
): Promise<void> {
  const before = textOf(draft, sqlDir, view);
  const { text, shown, byHand } = takeColumnOut(before, part);
  const what = `${part.table}.${part.column}`;
  if (byHand.length > 0)
    draft.byHand.push(
      `${what} is gone, and ${view.name} decides by it (line ${byHand.join(", ")}): write that without it.`,
    );
  if (byHand.length > 0 || text === before) return;
  draft.files.set(join(sqlDir, view.name), text);
  draft.told.push(`${what} is gone: views and definitions show it no more.`);
  const model = domains.flatMap((domain) => domain.models).find(({ name }) => name === view.object);
  if (!model) return;
  const file = join("src/domains", view.domain, "models", `${model.name.replaceAll("_", "-")}.ts`);
  const path = join(projectDir, file);
  for (const names of shown) {
    const fields = toFieldPath(model, names);
    const code = draft.files.get(path) ?? (existsSync(path) ? await readText(path) : "");
    const rest = takeFieldOut(code, fields);
    if (rest === null)
      draft.byHand.push(
        `${what} is gone: take the field ${fields.join(".")} out of ${file} and ${view.name}.`,
      );
    else draft.files.set(path, rest);
  }
}

/** The first name is a column of the view, those behind it are keys of its JSON, as definitions have them. */
const toFieldPath = ({ columns }: DocumentModel, [column = "", ...inner]: readonly string[]) => [
  Object.entries(columns).find(([, name]) => name === column)?.[0] ?? column,
  ...inner,
];
