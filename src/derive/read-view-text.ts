import { init, MySqlDialect, Parser } from "@guanmingchiu/sqlparser-ts";
import { normaliseText } from "./normalise-text.ts";
import { at, type Json } from "./parser-tree.ts";
import { readExpression } from "./read-expression.ts";
import { readQuery } from "./read-query.ts";
import type { Reader } from "./reader.ts";
import { refuse } from "./refusal.ts";
import type { Expr, Query } from "./sql-tree.ts";

function createReader(database?: string): Reader {
  const reader: Reader = {
    expression: (node) => readExpression(node, reader),
    query: (node) => readQuery(node, reader),
    database,
  };
  return reader;
}

/** The parser is a WebAssembly module, ready after 100 ms; the second call costs nothing. */
export const prepareParser = (): Promise<void> => init();

/**
 * Reads the query of a view, as the server writes it. Whether it was understood as the server does is for
 * `checkRoundTrip` to say. `database`: its name may stand before those of tables. @throws Refusal when a construct is not known.
 */
export function readViewText(select: string, database?: string): Query {
  const [statement] = parseText(select);
  const query = statement === undefined ? null : at(statement, "Query");
  return query === null
    ? refuse("It is not one SELECT", "Write the view as one.")
    : createReader(database).query(query);
}

/** Reads an expression as the server writes it: that of a generated column. */
export function readExpressionText(text: string): Expr {
  const { body } = readViewText(`select ${text} AS \`value\``);
  const item = body.kind === "select" ? body.items[0] : undefined;
  return item?.expr ?? refuse("It is not one expression", "Write it in another way.");
}

/** The server puts each join into parentheses around those before it, and allows 61 tables. */
const depthLimit = 1000;

function parseText(select: string): readonly Json[] {
  try {
    // The typings are older than the tree: it is read as plain JSON.
    const parser = new Parser(new MySqlDialect()).withOptions({ recursionLimit: depthLimit });
    return parser.parse(normaliseText(select)) as unknown as readonly Json[];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(`The parser does not understand it (${reason})`, "Write it with simpler SQL.");
  }
}
