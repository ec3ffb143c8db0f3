import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { toFormerNames } from "../core/former-names.ts";
import { VitrineError } from "../errors.ts";
import { analystPrefix, engineDomain } from "../models/engine-names.ts";
import { normaliseText } from "../read-text.ts";
import { sha256 } from "../sha256.ts";
import { maskSql, readNames } from "./sql-text.ts";

/** Tables and data: applied once, in the order of the names within a domain. */
export interface VersionedFile {
  readonly kind: "versioned";
  /** Path relative to the folder of the SQL files: `migrations/pos/0001-tables.sql`. */
  readonly name: string;
  readonly domain: string;
  readonly text: string;
  readonly hash: string;
  /**
   * Of the same text with other line ends or a byte order mark, and with the former names of what it calls of the
   * engine's: what earlier releases noted of it.
   */
  readonly formerHashes: readonly string[];
  /** Text of `NNNN-….down.sql`, where there is one. */
  readonly down: string | undefined;
}

export type ObjectKind = "view" | "procedure" | "function" | "trigger";

/** A view, routine or trigger: applied again whenever it changes. */
export interface RepeatableFile {
  readonly kind: ObjectKind;
  /** `views/pos/sales.sql` */
  readonly name: string;
  readonly domain: string;
  /** Name of the database object, which is the file's. */
  readonly object: string;
  readonly text: string;
  /** Names in the text that may stand for other objects. */
  readonly uses: ReadonlySet<string>;
}

export interface SqlFiles {
  readonly versioned: readonly VersionedFile[];
  readonly repeatable: readonly RepeatableFile[];
}

/** With the kind of what they hold. */
const folders = { procedures: "procedure", views: "view", touched: "view", triggers: "trigger" } as const;

const failed = (file: string, problem: string) =>
  new VitrineError("MIGRATION_FAILED", `${file}: ${problem}`, { details: { file } });

/**
 * Reads the SQL files of the engine (domain `core`, shipped with Vitrine) and of `domains`, in this order.
 * Folders that are not there count as empty.
 * @throws VitrineError MIGRATION_FAILED naming a file that breaks a rule of sql/README.md.
 */
export async function readSqlFiles(sqlDir: string, domains: readonly string[]): Promise<SqlFiles> {
  const versioned: VersionedFile[] = [];
  const repeatable: RepeatableFile[] = [];
  for (const domain of [engineDomain, ...domains]) {
    const root = domain === engineDomain ? findCoreSqlDir() : sqlDir;
    versioned.push(...(await readVersioned(root, domain)));
    for (const folder of Object.keys(folders))
      for (const file of await listSql(join(root, folder, domain)))
        repeatable.push(
          checkRepeatable(`${folder}/${domain}/${file}`, domain, await read(root, folder, domain, file)),
        );
  }
  return { versioned, repeatable };
}

/** The statements that create what a runner itself needs; they can be repeated. */
export const readRunnerTables = (): Promise<string> =>
  read(findCoreSqlDir(), "migrations", engineDomain, "0000-migration-tables.sql");

async function readVersioned(root: string, domain: string): Promise<VersionedFile[]> {
  const files = await listSql(join(root, "migrations", domain));
  const versioned: VersionedFile[] = [];
  const numbers = new Map<string, string>();
  for (const file of files.filter((name) => !name.endsWith(".down.sql"))) {
    const name = `migrations/${domain}/${file}`;
    const number = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.sql$/.exec(file)?.[1];
    if (number === undefined) throw failed(name, "must be named NNNN-what-it-does.sql.");
    const other = numbers.get(number);
    if (other !== undefined) throw failed(name, `has the same number as ${other}; take the next one.`);
    numbers.set(number, file);
    const raw = readFileSync(join(root, "migrations", domain, file), "utf8");
    const text = normaliseText(raw);
    lintText(name, maskSql(text));
    const downFile = file.replace(/\.sql$/, ".down.sql");
    const down = files.includes(downFile) ? await read(root, "migrations", domain, downFile) : undefined;
    const before = toFormerNames(text);
    const former = [raw, ...otherForms(text), ...(before === text ? [] : [before, ...otherForms(before)])];
    const hashes = { hash: sha256(text), formerHashes: former.map(sha256) };
    versioned.push({ kind: "versioned", name, domain, text, ...hashes, down });
  }
  return versioned;
}

/**
 * What a file of a view, routine or trigger defines.
 * @throws VitrineError MIGRATION_FAILED naming the file when its text breaks a rule of sql/README.md
 */
export function checkRepeatable(name: string, domain: string, text: string): RepeatableFile {
  const masked = maskSql(text);
  lintText(name, masked);
  const head =
    /^\s*create\s+or\s+replace\s+(?<options>(?:(?:algorithm\s*=\s*\w+|sql\s+security\s+\w+|aggregate)\s+)*)(?<kind>view|procedure|function|trigger)\s+(?<object>`[^`]+`|[\w$]+)/i.exec(
      masked,
    )?.groups;
  const kind = head?.kind?.toLowerCase() as ObjectKind | undefined;
  const object = head?.object?.replaceAll("`", "");
  if (!kind || !object)
    throw failed(name, "must begin with `create or replace view|procedure|function|trigger`.");
  const holds = Object.entries(folders).find(([folder]) => name.startsWith(`${folder}/`))?.[1];
  if (holds !== (kind === "function" ? "procedure" : kind))
    throw failed(
      name,
      `defines a ${kind}; move it to ${kind === "function" ? "procedure" : kind}s/${domain}.`,
    );
  if (!name.endsWith(`/${object}.sql`)) throw failed(name, `defines ${object}; name the file ${object}.sql.`);
  if (kind === "view") checkSecurity(name, object, head?.options ?? "");
  if (/\bselect\s+(?:[\w`]+\.)?\*/i.test(masked))
    throw failed(name, "lists columns with `*`; name them, or they are frozen as they are today.");
  return { kind, name, domain, object, text, uses: readNames(masked) };
}

/** A view has the rights of who asks; that of analysts, who may read nothing behind it, those of who made it. */
function checkSecurity(name: string, object: string, options: string): void {
  const isLent = object.toLowerCase().startsWith(analystPrefix);
  if (new RegExp(`sql\\s+security\\s+${isLent ? "definer" : "invoker"}`, "i").test(options)) return;
  throw failed(
    name,
    isLent
      ? `a view whose name begins with ${analystPrefix} is for analysts, who may read nothing behind it: it must say \`sql security definer\`.`
      : "a view must say `sql security invoker`, or it would lend its author's rights.",
  );
}

function lintText(name: string, masked: string): void {
  if (/^\s*delimiter\b/im.test(masked))
    throw failed(name, "uses DELIMITER, which only the client program knows; leave it out.");
  if (/\bdefiner\s*=/i.test(masked))
    throw failed(name, "names a definer; leave it out, so that the account that migrates owns the object.");
  if (masked.trim() === "") throw failed(name, "has no statement.");
}

async function listSql(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
}

/** Not by promises, which take four times the processor's time for small files, and there are hundreds. */
const read = async (...path: string[]): Promise<string> => normaliseText(readFileSync(join(...path), "utf8"));

function otherForms(text: string): readonly string[] {
  const crlf = text.replaceAll("\n", "\r\n");
  return [crlf, `\u{feff}${text}`, `\u{feff}${crlf}`];
}

/** The engine's own SQL lies beside the sources, whether these run as TypeScript or from `dist/`. */
function findCoreSqlDir(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "sql/migrations/core"))) return join(folder, "sql");
    if (folder === dirname(folder))
      throw new VitrineError("INTERNAL", "Vitrine's own SQL files are missing; install it again.");
  }
}
