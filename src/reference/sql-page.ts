import type { RepeatableFile, SqlFiles } from "../migrations/sql-files.ts";
import { code, page, table } from "./markdown.ts";
import { readHeader, readParameters, readSignals, readTables } from "./sql-source.ts";

/** The page of a domain's SQL: tables, views, procedures, triggers, and the errors that they signal. */
export function renderSql(domain: string, files: SqlFiles): string {
  const own = files.repeatable.filter((file) => file.domain === domain);
  const ofKind = (...kinds: readonly RepeatableFile["kind"][]) =>
    own.filter(({ kind }) => kinds.includes(kind)).sort((a, b) => (a.object < b.object ? -1 : 1));
  const tables = files.versioned
    .filter((file) => file.domain === domain)
    .flatMap(({ text }) => readTables(text));
  const signals = own.flatMap(({ object, text }) =>
    readSignals(text).map(({ number, message }) => [code(number), message, code(object)]),
  );
  return page(
    `SQL of ${code(domain)}`,
    heading("Tables", tables),
    ...tables.map(({ name, description, columns }) =>
      [
        `### ${name}\n`,
        description === "" ? "" : `${description}\n`,
        table(
          ["column", "definition", "what it is"],
          columns.map((column) => [code(column.name), code(column.definition), column.description]),
        ),
      ]
        .filter((part) => part !== "")
        .join("\n"),
    ),
    heading("Views", ofKind("view")),
    table(
      ["view", "purpose", "one row per", "reads"],
      ofKind("view").map(({ object, text }) => {
        const { purpose = "", grain = "", reads = "" } = readHeader(text);
        return [code(object), purpose, grain.replace(/^one row per /, ""), reads];
      }),
    ),
    heading("Procedures and functions", ofKind("procedure", "function")),
    table(
      ["routine", "parameters", "purpose"],
      ofKind("procedure", "function").map(({ object, text }) => {
        const parameters = readParameters(text);
        return [code(object), parameters === "" ? "" : code(parameters), readHeader(text).purpose ?? ""];
      }),
    ),
    heading("Triggers", ofKind("trigger")),
    table(
      ["trigger", "purpose"],
      ofKind("trigger").map(({ object, text }) => [code(object), readHeader(text).purpose ?? ""]),
    ),
    heading("Errors that they signal", signals),
    table(["number", "message", "signalled by"], [...signals].sort()),
  );
}

const heading = (title: string, things: readonly unknown[]): string =>
  things.length === 0 ? "" : `## ${title}\n`;
