import type { DocumentModel } from "../models/model.ts";
import type { Domain } from "../models/project.ts";
import { type StoredField, storedFields } from "../stores/conversion/stored-fields.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { wrapLine } from "./print-touched.ts";
import { generatedMark } from "./read-captured.ts";
import { toSqlName } from "./reserved-words.ts";

/** A generated file: below the folder of the SQL files, and its text. */
export interface GeneratedFile {
  /** `procedures/pos/export_sales.sql` */
  readonly file: string;
  readonly text: string;
}

/** For each model of a domain the procedure that gives its documents as JSON text, for those who have only SQL. */
export const generateExportProcedures = (
  domain: Pick<Domain, "name" | "models">,
  mixed: ReadonlySet<string>,
): readonly GeneratedFile[] =>
  domain.models.map((model) => ({
    file: `procedures/${domain.name}/export_${model.name}.sql`,
    text: writeExportProcedure(model, mixed.has(model.name)),
  }));

/**
 * The views of the current database whose texts are of several collations, not all of which compare bytes: the server puts
 * them into one JSON text only when they are given one.
 */
export async function readMixedViews(db: Pick<Queryable, "query">): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.columns
    where table_schema = database() and collation_name is not null group by table_name
    having count(distinct collation_name) > 1 and sum(collation_name not like '%bin') > 0`,
  );
  return new Set(rows.map(({ name }) => name));
}

function writeExportProcedure(model: DocumentModel, isMixed: boolean): string {
  const { name, exportName } = model;
  const fields = storedFields(model.fields);
  const names = (model.keyParts ?? [model.key]).map((part) => toSqlName(model.columns[part] ?? ""));
  const key = names.join(", ");
  const members = fields.map(
    ([field, spec]) => `    '${field}', ${toJsonSql(spec, toSqlName(model.columns[field] ?? ""), isMixed)}`,
  );
  return [
    ...wrapLine(
      `-- purpose: the documents of ${name}${exportName ? ` [${exportName}.json]` : ""}, for those who have only SQL`,
      "--   ",
    ),
    `-- grain: one row per ${key}: the document as JSON text, in its order`,
    `-- reads: ${name}`,
    generatedMark,
    `create or replace procedure export_${name}()`,
    "    reads sql data",
    "    sql security invoker",
    ...(fields.some(([, spec]) => spec.kind === "list")
      ? [
          "-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.",
          "set statement group_concat_max_len = 1073741824 for",
        ]
      : []),
    "select json_object(",
    members.join(",\n"),
    ") as document",
    `from ${toSqlName(name)}`,
    `order by ${key};`,
    "",
  ].join("\n");
}

/** A column as the value of a JSON member: in the form that documents have (models/field.ts). */
function toJsonSql(field: StoredField, column: string, isMixed: boolean): string {
  switch (field.kind) {
    case "boolean":
      return `if(${column} is null, null, json_compact(if(${column}, 'true', 'false')))`;
    case "dateTime":
      return `concat(left(date_format(${column}, '%Y-%m-%dT%T.%f'), 23), 'Z')`;
    case "string":
    case "enumeration":
      return isMixed ? `cast(${column} as char) collate utf8mb4_nopad_bin` : column;
    case "object":
    case "list":
      // As it is, and as JSON also where the server takes the column for a plain text.
      return `json_query(${column}, '$')`;
    default:
      return column;
  }
}
