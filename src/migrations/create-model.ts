import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import type { Domain } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type ModelColumn, toCamel, writeModelTexts } from "./model-texts.ts";

export interface NewModel {
  /** Folder of the project file, and of its SQL files; both absolute. */
  readonly projectDir: string;
  readonly sqlDir: string;
  readonly domain: Pick<Domain, "name" | "captured" | "models">;
  /** snake_case */
  readonly name: string;
  /** The table whose rows it shows. */
  readonly table: string;
}

export interface CreatedModel {
  /** Written, absolute. */
  readonly files: readonly string[];
  /** Columns that documents cannot show as they are. */
  readonly leftOut: readonly string[];
  /** The line that makes it a model of the domain, and the file in which it was written; null: to be added by hand. */
  readonly line: string;
  readonly listedIn: string | null;
}

/**
 * Writes the two views and the definition of a model that shows one table, and lists it in the domain's
 * `models.ts` when there is one. Never writes over a file.
 * @throws VitrineError USAGE when the table is missing, not captured, or has no simple key; when a file exists.
 */
export async function createModel(db: Queryable, model: NewModel): Promise<CreatedModel> {
  const { name, table, domain } = model;
  const fail = (problem: string): never => {
    throw new VitrineError("USAGE", problem);
  };
  if (!/^[a-z][a-z0-9_]{0,55}$/.test(name))
    fail(`The name ${name} must be snake_case, at most 56 characters.`);
  if (!domain.captured.some((captured) => captured.table === table))
    fail(
      `Changes of ${table} are not captured: add { table: "${table}" } to \`captured\` of ${domain.name} first.`,
    );
  const rows = await readColumns(db, table);
  const keys = rows.filter((row) => row.columnKey === "PRI");
  const key = keys.length === 1 && keys[0] ? toModelColumn(keys[0]) : undefined;
  if (!key || !["int", "bigint", "string"].includes(key.kind))
    return fail(
      `${table} needs one column of numbers or text as its primary key, which becomes the document's id.`,
    );
  const others = rows.filter((row) => row.columnKey !== "PRI");
  const shown = others.flatMap((row) => toModelColumn(row) ?? []);
  const texts = writeModelTexts(name, table, key, shown);
  const definitions = join(model.projectDir, "src/models", domain.name);
  const file = `${name.replaceAll("_", "-")}.ts`;
  const written = new Map([
    [join(model.sqlDir, "views", domain.name, `${name}.sql`), texts.view],
    [join(model.sqlDir, "views", domain.name, `${name}_touched.sql`), texts.touched],
    [join(definitions, file), texts.definition],
  ]);
  for (const path of written.keys()) if (existsSync(path)) fail(`${path} exists. Choose another name.`);
  for (const [path, text] of written) {
    makeFolder(join(path, ".."));
    // `wx`: never writes over a file that somebody else has just made.
    await writeFile(path, text, { flag: "wx" });
  }
  const line = `export { ${toCamel(name)} } from "./${file}";`;
  const list = join(definitions, "models.ts");
  const listedIn = existsSync(list) ? list : null;
  if (listedIn) await writeFile(listedIn, insertLine(await readFile(listedIn, "utf8"), line));
  return {
    files: [...written.keys()],
    leftOut: others.filter((row) => !toModelColumn(row)).map((row) => row.name),
    line,
    listedIn,
  };
}

interface ColumnRow {
  readonly name: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly scale: string | number | null;
  readonly isNullable: string;
  readonly columnKey: string;
}

async function readColumns(db: Queryable, table: string): Promise<readonly ColumnRow[]> {
  const rows = await db.query<ColumnRow>(
    `select column_name as name, data_type as dataType, column_type as columnType, numeric_scale as scale,
      is_nullable as isNullable, column_key as columnKey
    from information_schema.columns
    where table_schema = database() and table_name = ?
      and coalesce(generation_expression, '') not in ('ROW START', 'ROW END')
    order by ordinal_position`,
    [table],
  );
  if (rows.length === 0)
    throw new VitrineError("USAGE", `There is no table ${table}. Migrate first: \`vitrine migrate up\`.`);
  return rows;
}

function toModelColumn(row: ColumnRow): ModelColumn | undefined {
  const kind = toKind(row);
  return (
    kind && {
      column: row.name,
      field: toCamel(row.name),
      kind,
      scale: Number(row.scale ?? 0),
      nullable: row.isNullable === "YES",
      filter: row.columnKey !== "",
    }
  );
}

/** Undefined: the type has no exact form in JSON, or needs a decision (zerofill, time, binary, float). */
function toKind({ dataType, columnType }: ColumnRow): ModelColumn["kind"] | undefined {
  if (/zerofill/.test(columnType)) return undefined;
  if (/^(tinyint|smallint|mediumint)$/.test(dataType)) return "int";
  if (dataType === "int") return /unsigned/.test(columnType) ? "bigint" : "int";
  if (dataType === "bigint") return /unsigned/.test(columnType) ? undefined : "bigint";
  if (dataType === "decimal" || dataType === "date") return dataType;
  if (/^(char|varchar|tinytext|text|mediumtext|longtext|enum)$/.test(dataType)) return "string";
  if (/^(datetime|timestamp)$/.test(dataType)) return "dateTime";
  return undefined;
}

/** Before the first export that comes later in the alphabet. */
function insertLine(text: string, line: string): string {
  const lines = text.trimEnd().split("\n");
  const at = lines.findIndex((other) => other.startsWith("export {") && other > line);
  lines.splice(at < 0 ? lines.length : at, 0, line);
  return `${lines.join("\n")}\n`;
}
