import { unnamedRow } from "../core/change-tables.ts";
import { changeTableOf } from "../models/derived-names.ts";
import type { CapturedTable, Domain } from "../models/project.ts";
import { sha256 } from "../sha256.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type CapturedColumn, type CapturedColumns, readCapturedColumns } from "./captured-columns.ts";
import { changedColumn, changedWidth } from "./change-table-columns.ts";
import { generatedMark, toCapturedLines } from "./read-captured.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";

export interface CaptureTrigger {
  readonly table: string;
  readonly event: "insert" | "update" | "delete";
  /** `order_after_update_capture` */
  readonly name: string;
  /** `triggers/pos/order_after_update_capture.sql` */
  readonly file: string;
  /** What stands after `for each row`. */
  readonly body: string;
  /** The whole file. */
  readonly text: string;
}

/**
 * The triggers that log every write of a domain's captured tables: written from the declaration and from the
 * tables as they are in the current database. Equal tables give equal text.
 */
export async function generateCaptureTriggers(
  db: Queryable,
  domain: Pick<Domain, "name" | "captured">,
): Promise<readonly CaptureTrigger[]> {
  const triggers: CaptureTrigger[] = [];
  for (const captured of domain.captured ?? []) {
    const columns = await readCapturedColumns(db, captured);
    for (const event of ["insert", "update", "delete"] as const)
      triggers.push(toTrigger(domain.name, captured, event, columns));
  }
  return triggers;
}

function toTrigger(
  domain: string,
  captured: CapturedTable,
  event: CaptureTrigger["event"],
  columns: CapturedColumns,
): CaptureTrigger {
  const { table } = captured;
  const name = toTriggerName(table, event);
  const log = event === "update" ? toUpdateBody(table, columns) : toPlainBody(table, event, columns.keys);
  const safe = captured.lent ? withoutFault([table], log) : log;
  const body = [toCondition(table), ...safe.map((line) => `    ${line}`), "end if;"];
  const text = [
    `-- purpose: log each ${event} on ${table}`,
    `-- logs: ${logged[event]}`,
    ...toCapturedLines(captured),
    generatedMark,
    `create or replace trigger ${toSqlName(name)}`,
    `after ${event} on ${toSqlName(table)} for each row`,
    ...body,
    "",
  ].join("\n");
  return { table, event, name, body: body.join("\n"), file: `triggers/${domain}/${name}.sql`, text };
}

/**
 * What an `alter` of somebody else makes of a trigger that was written before it: a column or table is gone (1054, 1146), or
 * values do not fit where the keys are logged (1264, 1265, 1292, 1366, 1406).
 */
const faultsOfOwners = "1054, 1146, 1264, 1265, 1292, 1366, 1406";

/** The statements, and what is logged in the place of rows of these tables that they cannot log: the write goes on. */
export const withoutFault = (tables: readonly string[], statements: readonly string[]): readonly string[] => [
  "begin",
  `    declare exit handler for ${faultsOfOwners}`,
  "    begin",
  ...tables.map(
    (table) =>
      `        insert into ${toSqlName(changeTableOf(table))} (${changedColumn}) values ('${unnamedRow}');`,
  ),
  "    end;",
  ...statements.map((line) => `    ${line}`),
  "end;",
];

const logged = {
  insert: "the keys of the row",
  update: "the keys of the row, old and new when they differ; else the columns that differ",
  delete: "the keys of the row",
} as const;

/** Names have at most 64 characters; a long table's is cut and told apart by a hash. */
function toTriggerName(table: string, event: CaptureTrigger["event"]): string {
  const suffix = `_after_${event}_capture`;
  return table.length + suffix.length <= 64
    ? `${table}${suffix}`
    : `${table.slice(0, 34)}_${sha256(table).slice(0, 8)}${suffix}`;
}

/** A session that writes very many rows names the table, and asks for rebuilds instead (core/bulk-writes.ts). */
export const toCondition = (table: string): string =>
  `if coalesce(find_in_set(binary ${toLiteral(table)}, @vitrine_uncaptured), 0) = 0 then`;

function toPlainBody(table: string, event: "insert" | "delete", keys: readonly CapturedColumn[]): string[] {
  return [...toInsert(table, keys), ...toRow(event === "insert" ? "new" : "old", keys, "", ";")];
}

/**
 * A row whose keys differ has moved: logged under its old and its new keys, with no list of what changed, which means
 * everything. Otherwise the list says what differs, and nothing is logged when nothing does.
 */
function toUpdateBody(table: string, { keys, others }: CapturedColumns): string[] {
  const moved = [
    "if not (",
    ...toSame(keys),
    ") then",
    ...toInsert(table, keys, { indent: "    " }),
    ...toRow("old", keys, "    ", ","),
    ...toRow("new", keys, "    ", ";"),
  ];
  if (others.length === 0) return [...moved, "end if;"];
  const isListed = others.map((column) => column.name).join(",").length <= changedWidth;
  return [
    ...moved,
    "elseif not (",
    ...toSame(others),
    ") then",
    ...(isListed
      ? [
          ...toInsert(table, keys, { indent: "    ", more: [changedColumn] }),
          "    (",
          ...keys.map(({ name }) => `        old.${toColumnReference(name)},`),
          "        concat_ws(",
          "            ',',",
          ...others.flatMap((column, index) => toNameIfChanged(column, index < others.length - 1 ? "," : "")),
          "        )",
          "    );",
        ]
      : [...toInsert(table, keys, { indent: "    " }), ...toRow("old", keys, "    ", ";")]),
    "end if;",
  ];
}

/** A line is broken where it would be longer, before it is indented. */
const lineWidth = 96;

function toNameIfChanged(column: CapturedColumn, end: string): readonly string[] {
  const indent = " ".repeat(12);
  const [equal, name] = [toEqual(column), toLiteral(column.name)];
  const line = `${indent}if(${equal}, null, ${name})${end}`;
  return line.length <= lineWidth
    ? [line]
    : [`${indent}if(`, `${indent}    ${equal}, null,`, `${indent}    ${name}`, `${indent})${end}`];
}

function toInsert(
  table: string,
  keys: readonly CapturedColumn[],
  { indent = "", more = [] }: { readonly indent?: string; readonly more?: readonly string[] } = {},
): readonly string[] {
  const columns = [...keys.map(({ name }) => toSqlName(name)), ...more];
  const head = `${indent}insert into ${toSqlName(changeTableOf(table))}`;
  const line = `${head} (${columns.join(", ")}) values`;
  if (line.length <= lineWidth) return [line];
  return [`${head} (`, `${indent}    ${columns.join(`,\n${indent}    `)}`, `${indent}) values`];
}

const toSame = (columns: readonly CapturedColumn[]): string[] =>
  columns.map((column, index) => `    ${index === 0 ? "" : "and "}${toEqual(column)}`);

/**
 * NULL-safe and exact: text under a collation that ignores case, accents or trailing blanks is compared by
 * its bytes, or a change that a document shows would go unnoticed.
 */
function toEqual({ name, collation }: CapturedColumn): string {
  const column = toColumnReference(name);
  const exact = collation === null || collation === "binary" || collation.endsWith("_nopad_bin");
  return exact ? `old.${column} <=> new.${column}` : `binary old.${column} <=> binary new.${column}`;
}

/** A row of keys, one per line. */
const toRow = (
  version: "old" | "new",
  keys: readonly CapturedColumn[],
  indent: string,
  end: string,
): string[] => [
  `${indent}(`,
  ...keys.map(
    ({ name }, index) =>
      `${indent}    ${version}.${toColumnReference(name)}${index < keys.length - 1 ? "," : ""}`,
  ),
  `${indent})${end}`,
];

const toLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
