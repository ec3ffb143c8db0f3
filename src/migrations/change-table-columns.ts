import { quoteName } from "../stores/mariadb/mariadb.ts";
import type { CapturedColumn } from "./captured-columns.ts";

/** The column that lists which columns differ; null: all. */
export const changedColumn = "vitrine_changed";
/** A longer list of names is left out, which means: all of them. */
export const changedWidth = 2000;

/** A column of a change table: its type as information_schema tells it, and its collation, if it holds text. */
export interface ChangeColumn {
  readonly name: string;
  readonly type: string;
  readonly collation: string | null;
}

/**
 * Where a key of a captured row is kept: as it is, and no narrower than its owner is likely to make it one day. A value
 * that did not fit would make the shop's own write fail. Times and bits stay as they are: wider, they would print otherwise
 * than in a document's id.
 */
export function toChangeColumn({ name, dataType, columnType, collation }: CapturedColumn): ChangeColumn {
  return { name, type: toRoomyType(dataType, columnType), collation };
}

function toRoomyType(dataType: string, columnType: string): string {
  const [, length = "", scale = ""] = /\((\d+)(?:,(\d+))?\)/.exec(columnType) ?? [];
  switch (dataType) {
    case "tinyint":
    case "smallint":
    case "mediumint":
    case "int":
    case "bigint":
      return /unsigned/.test(columnType) ? "bigint(20) unsigned" : "bigint(20)";
    case "decimal":
      return `decimal(65,${scale === "" ? "0" : scale})`;
    case "char":
    case "varchar":
      return `varchar(${Math.max(255, Number(length))})`;
    case "enum":
      return `varchar(${Math.max(255, ...membersOf(columnType).map((member) => member.length))})`;
    case "set":
      return `varchar(${Math.max(255, membersOf(columnType).join(",").length)})`;
    case "binary":
    case "varbinary":
      return `varbinary(${Math.max(255, Number(length))})`;
    default:
      return columnType.replace(/ zerofill| unsigned(?= zerofill)/g, "");
  }
}

/** `enum('a','it''s')` → `a`, `it's` */
const membersOf = (columnType: string): readonly string[] =>
  [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = ""]) => member.replaceAll("''", "'"));

/** A column as a statement defines it. */
export const printChangeColumn = ({ name, type, collation }: ChangeColumn): string =>
  `${quoteName(name)} ${type}${collation === null ? "" : ` collate ${collation}`} null`;

/** The statement that makes a change table. */
export const printChangeTable = (table: string, columns: readonly ChangeColumn[]): string =>
  [
    `create table if not exists ${quoteName(table)} (`,
    "    vitrine_id bigint unsigned not null auto_increment,",
    ...columns.map((column) => `    ${printChangeColumn(column)},`),
    // Names of columns are of any script.
    `    ${changedColumn} varchar(${changedWidth}) character set utf8mb4 collate utf8mb4_nopad_bin null,`,
    "    vitrine_at datetime(6) not null default (utc_timestamp(6)),",
    "    primary key (vitrine_id)",
    ") engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin",
  ].join("\n");
