import { VitrineError } from "../errors.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { toColumnField } from "./column-fields.ts";

/** A column of a table as a field of a document. */
export interface ModelColumn {
  /** As in the table. */
  readonly column: string;
  /** camelCase, as in the document. */
  readonly field: string;
  readonly kind: "int" | "bigint" | "decimal" | "string" | "date" | "dateTime";
  /** Digits after the point of a decimal. */
  readonly scale: number;
  /** A time that is kept finer than to the millisecond, which is all that a document shows. */
  readonly isFiner: boolean;
  readonly nullable: boolean;
  /** Indexed in the table, so that a filter is cheap in both stores. */
  readonly filter: boolean;
}

/** A column that a person has to decide about, and why: it is left out. */
export interface OpenColumn {
  readonly column: string;
  readonly reason: string;
}

export interface ModelColumns {
  readonly key: ModelColumn;
  readonly others: readonly ModelColumn[];
  readonly open: readonly OpenColumn[];
}

interface ColumnRow {
  readonly name: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly precision: string | number | null;
  readonly scale: string | number | null;
  readonly timeDigits: string | number | null;
  readonly isNullable: string;
  readonly columnKey: string;
  readonly isJson: string | number;
}

/**
 * The columns of a table as fields of a document, each under a name of its own.
 * @throws VitrineError USAGE when there is no such table, or no single column of it can be a document's id
 */
export async function readModelColumns(db: Queryable, table: string): Promise<ModelColumns> {
  const rows = await readColumns(db, table);
  const keys = rows.filter((row) => row.columnKey === "PRI");
  const key = keys.length === 1 && keys[0] ? toModelColumn(keys[0]) : undefined;
  if (!key || "reason" in key || !["int", "bigint", "string"].includes(key.kind))
    throw new VitrineError(
      "USAGE",
      `${table} needs one column of numbers or text as its primary key, which becomes the document's id${
        key && "reason" in key ? `; ${key.column}: ${key.reason}` : ""
      }.`,
    );
  const others: ModelColumn[] = [];
  const open: OpenColumn[] = [];
  const owners = new Map([[key.field, key.column]]);
  for (const row of rows.filter((one) => one.columnKey !== "PRI")) {
    const column = toModelColumn(row);
    const owner = "reason" in column ? undefined : owners.get(column.field);
    if ("reason" in column) open.push(column);
    else if (owner !== undefined)
      open.push({ column: row.name, reason: `its field would be ${column.field}, as that of ${owner}` });
    else {
      owners.set(column.field, row.name);
      others.push(column);
    }
  }
  return { key, others, open };
}

async function readColumns(db: Queryable, table: string): Promise<readonly ColumnRow[]> {
  const rows = await db.query<ColumnRow>(
    `select c.column_name as name, c.data_type as dataType, c.column_type as columnType,
      c.numeric_precision as \`precision\`, c.numeric_scale as scale,
      c.datetime_precision as timeDigits, c.is_nullable as isNullable,
      c.column_key as columnKey, exists (
        select 1 from information_schema.check_constraints k
        where k.constraint_schema = c.table_schema and k.table_name = c.table_name
          and k.check_clause = concat('json_valid(\`', replace(c.column_name, '\`', '\`\`'), '\`)')
      ) as isJson
    from information_schema.columns c
    where c.table_schema = database() and c.table_name = ?
      and coalesce(c.generation_expression, '') not in ('ROW START', 'ROW END')
    order by c.ordinal_position`,
    [table],
  );
  if (rows.length === 0)
    throw new VitrineError("USAGE", `There is no table ${table}. Migrate first: \`vitrine migrate up\`.`);
  return rows;
}

function toModelColumn(row: ColumnRow): ModelColumn | OpenColumn {
  const field = toColumnField(row.name);
  if (field === undefined) return { column: row.name, reason: "no field can have this name; give it one" };
  const kind = toKind(row);
  if (typeof kind !== "string") return { column: row.name, reason: kind.reason };
  return {
    column: row.name,
    field,
    kind,
    scale: Number(row.scale ?? 0),
    isFiner: Number(row.timeDigits ?? 0) > 3,
    nullable: row.isNullable === "YES",
    filter: row.columnKey !== "",
  };
}

/** MongoDB's Decimal128 has no more. */
const MOST_DIGITS = 34;

/** What the type is in a document, or why that is a person's choice. */
function toKind(row: ColumnRow): ModelColumn["kind"] | { readonly reason: string } {
  const { dataType, columnType } = row;
  if (Number(row.isJson) === 1) return { reason: "JSON; declare its parts as fields, or show it as a text" };
  if (/zerofill/.test(columnType)) return { reason: "zerofill; show it as a number or as a text" };
  if (dataType === "decimal" && Number(row.precision) > MOST_DIGITS)
    return { reason: `a decimal of over ${MOST_DIGITS} digits; cast it to a shorter one, or to a text` };
  if (/^(tinyint|smallint|mediumint)$/.test(dataType)) return "int";
  if (dataType === "int") return /unsigned/.test(columnType) ? "bigint" : "int";
  if (dataType === "bigint" && /unsigned/.test(columnType))
    return { reason: "bigint unsigned; cast it to decimal(20,0), or to bigint when it is never that large" };
  if (dataType === "bigint" || dataType === "decimal" || dataType === "date") return dataType;
  if (/^(char|varchar|tinytext|text|mediumtext|longtext|enum)$/.test(dataType)) return "string";
  if (/^(datetime|timestamp)$/.test(dataType)) return "dateTime";
  return { reason: `${dataType} has no exact form in a document; convert it in the view` };
}
