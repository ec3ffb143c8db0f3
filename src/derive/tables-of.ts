import { type Body, type Expr, type From, isQuery, type Part, type Query } from "./sql-tree.ts";

/** Names of the tables and views that a query reads, those of its WITH among them. */
export const tablesOf = (query: Query): readonly string[] => findNames(query).tables;

/** Names that a query gives to queries of its own by WITH, at whatever depth. */
export const commonTablesOf = (query: Query): readonly string[] => findNames(query).common;

function findNames(query: Query): { readonly tables: readonly string[]; readonly common: readonly string[] } {
  const [tables, common]: [string[], string[]] = [[], []];
  const visitParts = (parts: readonly Part[]): void => {
    for (const part of parts)
      if (typeof part !== "string") isQuery(part) ? visit(part) : visitParts(part.parts);
  };
  const visitExpr = (expr: Expr | null): void => {
    if (expr !== null) visitParts(expr.parts);
  };
  const visitFrom = (from: From | null): void => {
    if (from === null) return;
    if (from.kind === "table") tables.push(from.table);
    else if (from.kind === "derived") visit(from.query);
    else {
      visitFrom(from.left);
      visitFrom(from.right);
      visitExpr(from.on);
    }
  };
  const visitBody = (body: Body): void => {
    if (body.kind === "nested") visit(body.query);
    else if (body.kind === "set") {
      visitBody(body.left);
      visitBody(body.right);
    } else {
      visitFrom(body.from);
      for (const { expr } of body.items) visitExpr(expr);
      for (const expr of [body.where, ...body.groupBy, body.having]) visitExpr(expr);
    }
  };
  const visit = (one: Query): void => {
    for (const table of one.with) {
      common.push(table.name);
      visit(table.query);
    }
    visitBody(one.body);
    for (const { expr } of one.orderBy) visitExpr(expr);
  };
  visit(query);
  return { tables, common };
}
