import type { RepeatableFile, SqlFiles } from "../migrations/sql-files.ts";
import type { Rule } from "../models/procedure.ts";
import { code, page, table } from "./markdown.ts";
import { readReturns, readViewColumns } from "./sql-columns.ts";
import { readHeader, readParameters, readSignals, readTables, type TableSource } from "./sql-source.ts";

/** The page of a domain's SQL: tables, views, procedures, triggers, and the errors that they signal. */
export function renderSql(
  domain: string,
  files: SqlFiles,
  rules: Readonly<Record<number, Rule>> = {},
): string {
  const own = files.repeatable.filter((file) => file.domain === domain);
  const ofKind = (...kinds: readonly RepeatableFile["kind"][]) =>
    own.filter(({ kind }) => kinds.includes(kind)).sort((a, b) => (a.object < b.object ? -1 : 1));
  const tables = readTables(files.versioned.filter((file) => file.domain === domain).map(({ text }) => text));
  const signals = readAllSignals(own);
  return page(
    `SQL of ${code(domain)}`,
    heading("Tables", tables),
    ...tables.map(renderTable),
    heading("Views", ofKind("view")),
    table(
      ["view", "purpose", "one row per", "columns", "reads"],
      ofKind("view").map(({ object, text }) => {
        const { purpose = "", grain = "", reads = "" } = readHeader(text);
        const columns = readViewColumns(text).map(code).join(", ");
        return [code(object), purpose, grain.replace(/^one row per /, ""), columns, reads];
      }),
    ),
    heading("Procedures and functions", ofKind("procedure", "function")),
    table(
      ["routine", "parameters", "returns", "purpose"],
      ofKind("procedure", "function").map(({ object, text }) => {
        const parameters = readParameters(text);
        const returns = readReturns(text).map(code).join(" or ");
        return [
          code(object),
          parameters === "" ? "" : code(parameters),
          returns,
          readHeader(text).purpose ?? "",
        ];
      }),
    ),
    heading("Triggers", ofKind("trigger")),
    table(
      ["trigger", "purpose"],
      ofKind("trigger").map(({ object, text }) => [code(object), readHeader(text).purpose ?? ""]),
    ),
    heading("Errors that they signal", signals),
    table(
      ["number", "code", "when", "message", "signalled by"],
      signals.map(({ number, messages, objects }) => {
        const rule = rules[Number(number)];
        return [
          code(number),
          rule ? code(rule.code) : "",
          rule?.description ?? "",
          messages.join(" / "),
          objects.map(code).join(", "),
        ];
      }),
    ),
  );
}

const renderTable = ({ name, description, columns, indexes }: TableSource): string =>
  [
    `### ${name}\n`,
    description === "" ? "" : `${description}\n`,
    table(
      ["column", "definition", "what it is"],
      columns.map((column) => [code(column.name), code(column.definition), column.description]),
    ),
    table(
      ["index", "of", "for"],
      indexes.map((index) => [
        code(index.name),
        `${code(index.columns)}${index.unique ? ", unique" : ""}`,
        index.description,
      ]),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n");

/** By number: every message, and every object that may end with it. */
function readAllSignals(files: readonly RepeatableFile[]) {
  const signals = new Map<string, { readonly messages: Set<string>; readonly objects: Set<string> }>();
  for (const { object, text } of files)
    for (const { number, messages } of readSignals(text)) {
      const signal = signals.get(number) ?? { messages: new Set(), objects: new Set() };
      signals.set(number, signal);
      for (const message of messages) signal.messages.add(message);
      signal.objects.add(object);
    }
  return [...signals]
    .map(([number, { messages, objects }]) => ({
      number,
      messages: [...messages].sort(),
      objects: [...objects].sort(),
    }))
    .sort((a, b) => Number(a.number) - Number(b.number));
}

const heading = (title: string, things: readonly unknown[]): string =>
  things.length === 0 ? "" : `## ${title}\n`;
