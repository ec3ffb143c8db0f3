import { toColumnReference, toSqlName } from "../migrations/reserved-words.ts";
import type { Derivation, Join, LoggedColumn, Term, Way } from "./derivation.ts";

/** The line by which a touched view is known as generated. */
export const derivedMark = "-- generated from the view";

/** A line is broken where it would be longer. */
const lineWidth = 100;

/** The text of `<model>_touched` over `change_log`. Equal derivations give equal text. */
export function printTouched(derivation: Derivation): string {
  const { view, tables } = derivation;
  const selects = new Map<string, Printed[]>();
  for (const { table, ways } of tables)
    for (const way of ways) {
      const printed = printWay(table, way);
      selects.set(printed.head, [...(selects.get(printed.head) ?? []), printed]);
    }
  const texts = [...selects].map(([head, printed]) => {
    const conditions = printed.map((one) => one.conditions);
    return `${head}\n${printWhere(conditions, printed[0]?.id ?? null)}`;
  });
  const reads = [
    ...new Set(tables.flatMap(({ ways }) => ways.flatMap((way) => way.joins.flatMap(sourceOf)))),
  ];
  return [
    `-- purpose: which documents of ${view} a change may alter`,
    "-- grain: one row per change and document",
    ...wrapList("-- reads: ", ["change_log", ...reads.sort()]),
    `-- model: ${view}`,
    derivedMark,
    `create or replace sql security invoker view ${toSqlName(`${view}_touched`)} as`,
    `${texts.join("\nunion all\n")};`,
    "",
  ].join("\n");
}

const sourceOf = ({ source }: Join): readonly string[] => ("table" in source ? [source.table] : []);

function wrapList(start: string, names: readonly string[]): readonly string[] {
  const lines = [start];
  for (const [index, name] of names.entries()) {
    const text = `${name}${index < names.length - 1 ? ", " : ""}`;
    const last = lines.at(-1) ?? "";
    if (last.length + text.trimEnd().length > lineWidth) lines.push(`--   ${text}`);
    else lines[lines.length - 1] = `${last}${text}`;
  }
  return lines.map((line) => line.trimEnd());
}

/** When a change of a table matters; null: always. */
interface Conditions {
  readonly table: string;
  readonly changed: string | null;
}

interface Printed {
  readonly head: string;
  /** The id, where it may be null. */
  readonly id: string | null;
  readonly conditions: Conditions;
}

function printWay(table: string, way: Way): Printed {
  const aliases = chooseAliases(way.joins);
  const id = strip(printTerm(way.id, aliases));
  const head = [
    "select",
    "    change_log.change_id,",
    `    ${id} as document_id`,
    "from change_log",
    ...way.joins.flatMap((join, index) => printJoin(join, aliases[index] ?? "", aliases)),
  ].join("\n");
  return { head, id: way.mayBeNull ? id : null, conditions: { table, changed: printChanged(way) } };
}

function printChanged({ changed }: Way): string {
  if (changed.length === 0) return "change_log.changed is null";
  return [
    "(",
    "    change_log.changed is null",
    ...changed.map((column) => `    or find_in_set(${toText(column)}, change_log.changed)`),
    ")",
  ].join("\n");
}

/** Conditions of every table that finds its documents by one select. */
function printWhere(ways: readonly Conditions[], id: string | null): string {
  const first = ways[0];
  const notNull = id === null ? [] : [`${id} is not null`];
  const tables = ways.filter((way) => way.changed === null).map((way) => toText(way.table));
  const plain =
    tables.length === 0
      ? []
      : [`change_log.source_table ${tables.length === 1 ? `= ${tables[0]}` : `in (${tables.join(", ")})`}`];
  if (tables.length === ways.length) return printAll([...plain, ...notNull]);
  const one = ({ table, changed }: Conditions) => [
    `change_log.source_table = ${toText(table)}`,
    changed ?? "",
  ];
  if (first && ways.length === 1) return printAll([...one(first), ...notNull]);
  const filtered = ways
    .filter((way) => way.changed !== null)
    .map((way) => `(\n${indent(one(way).join("\nand "))}\n)`);
  const some = [...plain, ...filtered].join("\nor ");
  return printAll(id === null ? [some] : [`(\n${indent(some)}\n)`, ...notNull]);
}

const printAll = (conditions: readonly string[]): string => {
  const text = conditions.join("\nand ");
  return text.includes("\n") || text.length > lineWidth - 6 ? `where\n${indent(text)}` : `where ${text}`;
};

const indent = (text: string): string => text.replace(/^(?=.)/gm, "    ");

function printJoin(join: Join, alias: string, aliases: readonly string[]): readonly string[] {
  const source = "table" in join.source ? toSqlName(join.source.table) : join.source.query;
  const named = source === toSqlName(alias) ? source : `${source} as ${toSqlName(alias)}`;
  if (join.on.length === 0) return [`cross join ${named}`];
  const conditions = join.on.map((term) => strip(printTerm(term, aliases)));
  const line = `join ${named} on ${conditions.join(" and ")}`;
  if (line.length <= lineWidth && conditions.length === 1) return [line];
  return [
    `join ${named}`,
    ...conditions.map((condition, index) => `    ${index === 0 ? "on" : "and"} ${condition}`),
  ];
}

/** Names of the joined tables as the view calls them, each once. */
function chooseAliases(joins: readonly Join[]): readonly string[] {
  const taken = new Set(["change_log"]);
  return joins.map(({ alias }) => {
    let name = alias;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${alias}_${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

const printTerm = (term: Term, aliases: readonly string[]): string =>
  term
    .map((part) => {
      if (typeof part === "string") return part;
      if (part.from === "log") return printLogged(part);
      return `${toSqlName(aliases[part.join] ?? "")}.${toColumnReference(part.column)}`;
    })
    .join("");

/** A logged key as the type of its column: JSON gives text. */
function printLogged({ column, form }: LoggedColumn): string {
  const path = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(column)
    ? `$.${column}`
    : `$."${column.replaceAll('"', '\\"')}"`;
  const value = `json_value(change_log.row_keys, ${toText(path)})`;
  if (form.kind !== "text") return `cast(${value} as ${form.type})`;
  const text = form.charset === "utf8mb4" ? value : `convert(${value} using ${form.charset})`;
  return `${text} collate ${form.collation}`;
}

const toText = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** Without the parentheses around all of it. */
function strip(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (const match of text.matchAll(/'(?:[^'\\]|\\[\s\S]|'')*'|`[^`]*`|[()]/g)) {
    if (match[0] === "(") depth += 1;
    if (match[0] === ")") depth -= 1;
    if (depth === 0 && match.index < text.length - 1) return text;
  }
  return strip(text.slice(1, -1));
}
