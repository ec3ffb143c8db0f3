import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import { type Domain, defineDomain } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { printExamples } from "./init-examples.ts";
import { printHistorySql } from "./init-history-sql.ts";
import { type MadeModel, makeModels, type TableDecision } from "./init-models.ts";
import { printSetupSql } from "./init-setup-sql.ts";
import { readSourceDatabase, type SourceDatabase, type SourceTable } from "./init-tables.ts";
import {
  printDecisions,
  printDomain,
  printEnvironment,
  printModelList,
  printPackage,
  printProjectFile,
  printReadme,
  printTests,
} from "./init-texts.ts";
import { loadDefinition } from "./try-model.ts";
import { type NewFile, writeNewFiles } from "./write-new-files.ts";

export interface NewProject {
  /** Absolute; empty, but for what installing the package puts there. */
  readonly folder: string;
  /** Of the database that is read, as an account that may read it. */
  readonly url: string;
  /** Default: every table that the account sees. */
  readonly tables: readonly string[] | undefined;
  /** The tables that are to have a past; default: all that are followed. */
  readonly history: readonly string[] | undefined;
  /** Of this package. */
  readonly version: string;
  /** Throws when the project would not load with this domain. */
  readonly check: (domain: Domain) => void;
  /** Nothing is written after it. */
  readonly signal: AbortSignal;
}

export interface CreatedProject {
  /** Relative to the folder. */
  readonly files: readonly string[];
  readonly models: readonly MadeModel[];
  readonly decisions: readonly TableDecision[];
}

/** What npm and git put into an empty folder before there is anything of anybody. */
const ofNpm: ReadonlySet<string> = new Set([".git", "package.json", "package-lock.json", "node_modules"]);

/** @throws VitrineError USAGE when a folder has anything but what npm puts there */
export function refuseFullFolder(folder: string): void {
  const others = existsSync(folder) ? readdirSync(folder).filter((name) => !ofNpm.has(name)) : [];
  if (others.length === 0) return;
  const more = others.length > 3 ? " and others" : "";
  throw new VitrineError(
    "USAGE",
    `${folder} is not empty: it has ${others.slice(0, 3).join(", ")}${more}. Run it in an empty folder.`,
  );
}

/**
 * Writes a project of the tables of a database that is there: definitions and views, the SQL for the administrator, and
 * what needs a decision. Reads the database and changes nothing in it; writes all files, or none.
 * @throws VitrineError USAGE when the folder is not empty, or the account sees no table; FILE_FAILED, CANCELLED
 */
export async function createProject(db: Queryable, project: NewProject): Promise<CreatedProject> {
  const { folder, url } = project;
  refuseFullFolder(folder);
  const source = await readSourceDatabase(db, project.tables);
  const { models, decisions, followed } = await makeModels(db, source);
  const history = printHistorySql(source.database, chooseHistory(source, followed, project.history));
  if (models.length === 0)
    throw new VitrineError(
      "USAGE",
      `No table of ${source.database} can be a model:\n${decisions.map(({ table, reason }) => `  ${table}: ${reason}`).join("\n")}`,
    );
  const domain = toDomainName(source.database);
  const defined = await checkDomain(project, domain, models);
  if (project.signal.aborted) throw new VitrineError("CANCELLED", "Stopped; nothing was written.");
  const passwords = { admin: secret(), loader: secret(), reader: secret(), writer: secret() };
  const accounts = { database: source.database, passwords };
  const packageFile = join(folder, "package.json");
  const given = existsSync(packageFile) ? readFileSync(packageFile, "utf8") : null;
  const toPackage = (text: string | null) => printPackage(domain, project.version, text);
  const src = `src/domains/${domain}`;
  const files = new Map<string, string | NewFile>([
    ...(given === null ? [["package.json", toPackage(null)] as const] : []),
    ["vitrine.config.ts", printProjectFile(domain)],
    [`${src}/index.ts`, printDomain(domain, source.database)],
    [`${src}/models/index.ts`, printModelList(models)],
    ...models.flatMap(({ name, view, definition }) => [
      [`${src}/models/${name.replaceAll("_", "-")}.ts`, definition] as const,
      [`sql/views/${domain}/${name}.sql`, view] as const,
    ]),
    ...[...printExamples(defined)].map(([name, text]) => [`examples/${domain}/${name}`, text] as const),
    ["README.md", printReadme(domain, source.database, models)],
    ["DECISIONS.md", printDecisions(models, decisions)],
    [".gitignore", "node_modules\n.vitrine\nsetup.sql\nvitrine.env\n"],
    ["test/documents.test.js", printTests(models)],
    ["history.sql", history.begin],
    ["history-undo.sql", history.undo],
    ["setup.sql", { text: printSetupSql(accounts, source.hasBinaryLog), isSecret: true }],
    ["vitrine.env", { text: printEnvironment(accounts, url), isSecret: true }],
  ]);
  writeNewFiles(
    new Map([...files].map(([name, file]) => [join(folder, name), file])),
    given === null ? [] : [{ path: packageFile, change: toPackage }],
  );
  return { files: [...files.keys()], models, decisions };
}

/** @throws VitrineError USAGE for a table that is not followed */
function chooseHistory(
  { tables }: SourceDatabase,
  followed: readonly string[],
  wanted: readonly string[] | undefined,
): readonly SourceTable[] {
  const unknown = (wanted ?? []).filter((name) => !followed.includes(name));
  if (unknown.length > 0)
    throw new VitrineError(
      "USAGE",
      `--history names ${unknown.join(", ")}, which no document shows. It may name: ${followed.join(", ")}.`,
    );
  return tables.filter(({ name }) => (wanted ?? followed).includes(name));
}

/** Hexadecimal: it stands in SQL, in a URL and in a shell. */
const secret = (): string => randomBytes(18).toString("hex");

/** A name for folders and GraphQL's descriptions: the database's, where it can be one. */
function toDomainName(database: string): string {
  const name = database.toLowerCase();
  return /^[a-z][a-z0-9_-]{0,63}$/.test(name) && name !== "core" ? name : "main";
}

/** The models as they are defined. @throws VitrineError USAGE when what was made would not load: the tables are as nobody thought of */
async function checkDomain(
  project: NewProject,
  name: string,
  models: readonly MadeModel[],
): Promise<readonly DocumentModel[]> {
  try {
    const defined = await Promise.all(
      models.map((model) => loadDefinition(join(project.folder, `${model.name}.ts`), model.definition)),
    );
    project.check(defineDomain({ name, description: "A database.", models: defined }));
    return defined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new VitrineError(
      "USAGE",
      `The project would not load: ${message} Nothing was written. Leave that table out: --tables names the others.`,
      { cause: error },
    );
  }
}
