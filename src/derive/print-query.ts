import { quoteName } from "../stores/mariadb/mariadb.ts";
import { type Body, type Expr, type From, isQuery, type Part, type Query, type Select } from "./sql-tree.ts";

/** The text of a query with all parentheses, so that the server cannot nest it otherwise than we do. */
export function printQuery(query: Query): string {
  const tables = query.with.map(({ name, columns, query: inner }) => {
    const list = columns.length === 0 ? "" : `(${columns.map(quoteName).join(",")})`;
    return `${quoteName(name)}${list} as (${printQuery(inner)})`;
  });
  const order = query.orderBy.map(({ expr, descending }) => `${printExpr(expr)}${descending ? " desc" : ""}`);
  return [
    tables.length === 0 ? "" : `with ${tables.join(", ")} `,
    printBody(query.body),
    order.length === 0 ? "" : ` order by ${order.join(", ")}`,
    query.limit === null ? "" : ` limit ${query.limit}`,
  ].join("");
}

/** The text of an expression with all parentheses. */
export const printExpr = (expr: Expr): string => expr.parts.map(printPart).join("");

const printPart = (part: Part): string =>
  typeof part === "string" ? part : isQuery(part) ? printQuery(part) : printExpr(part);

function printBody(body: Body): string {
  if (body.kind === "nested") return `(${printQuery(body.query)})`;
  if (body.kind === "select") return printSelect(body);
  return `${printBody(body.left)} ${body.operator}${body.all ? " all" : ""} ${printBody(body.right)}`;
}

function printSelect(select: Select): string {
  const items = select.items.map(
    ({ expr, name }) => `${printExpr(expr)}${name === null ? "" : ` as ${quoteName(name)}`}`,
  );
  return [
    `select ${select.distinct ? "distinct " : ""}${items.join(", ")}`,
    select.from === null ? "" : ` from ${printFrom(select.from)}`,
    select.where === null ? "" : ` where ${printExpr(select.where)}`,
    select.groupBy.length === 0 ? "" : ` group by ${select.groupBy.map(printExpr).join(", ")}`,
    select.having === null ? "" : ` having ${printExpr(select.having)}`,
  ].join("");
}

const joinWords = { inner: "join", straight: "straight_join", left: "left join" } as const;

/** The text of FROM, without the word. */
export function printFrom(from: From): string {
  if (from.kind === "table") {
    const database = from.database === undefined ? "" : `${quoteName(from.database)}.`;
    return `${database}${quoteName(from.table)} ${quoteName(from.alias)}`;
  }
  if (from.kind === "derived") return `(${printQuery(from.query)}) ${quoteName(from.alias)}`;
  const on = from.on === null ? "" : ` on (${printExpr(from.on)})`;
  return `(${printFrom(from.left)} ${joinWords[from.join]} ${printFrom(from.right)}${on})`;
}
