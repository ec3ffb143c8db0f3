import type { Analysis, Env, Outputs } from "./analysis.ts";
import { compare, opaque, type Value } from "./block.ts";
import { type Expr, isQuery, type Part, type Query } from "./sql-tree.ts";

/** Adds what must hold of the rows of a block: the parts of a conjunction, and the rows that EXISTS and IN ask for. */
export function addConditions(expr: Expr, env: Env, analysis: Analysis): void {
  if (expr.kind === "operator" && expr.name === "and") {
    for (const arg of expr.args) addConditions(arg, env, analysis);
    return;
  }
  if (expr.kind === "operator" && expr.name === "or") {
    const ways = waysOf(expr);
    const way = analysis.splitsOr && ways.every(isLinking) ? ways[analysis.choose(ways.length)] : undefined;
    if (way) {
      addConditions(way, env, analysis);
      return;
    }
  }
  const asked = toAsked(expr, analysis);
  if (asked === null) {
    env.block.conditions.push(analysis.expression(expr, env));
    return;
  }
  const place = { block: env.block, scope: env.scope, competes: false };
  const outputs = analysis.query(asked.query, place);
  if (asked.arg !== null) env.block.conditions.push(...toEquals(asked.arg, outputs, env, analysis));
}

/** EXISTS and IN, neither negated, hold when there is a row: as a join does. */
function toAsked(
  expr: Expr,
  analysis: Analysis,
): { readonly query: Query; readonly arg: Expr | null } | null {
  if (expr.kind === "query" && !expr.negated && (expr.form === "exists" || expr.form === "in")) {
    const query = toExisting(expr.query);
    return query === null ? null : { query, arg: expr.arg };
  }
  if (analysis.rules.scalarIsNoJoin || expr.kind !== "operator" || expr.name !== "=") return null;
  const [left, right] = expr.args;
  if (!left || right?.kind !== "query" || right.form !== "scalar") return null;
  return { query: { ...right.query, limit: null }, arg: left };
}

/** The server adds `limit 1` to what EXISTS asks for. Null when the limit may hide the only row. */
export const toExisting = (query: Query): Query | null =>
  query.limit === null || /^[1-9]\d*$/.test(query.limit) ? { ...query, limit: null } : null;

/** `arg in (select …)` as comparisons, one per column. */
export function toEquals(arg: Expr, outputs: Outputs, env: Env, analysis: Analysis): readonly Value[] {
  const args = arg.kind === "operator" && arg.name === "row" ? arg.args : [arg];
  return args.map((one, index) => {
    const [left, right] = [analysis.expression(one, env), outputs.value(index)];
    return left.kind === "opaque" || right.kind === "opaque" ? opaque : compare("=", left, right);
  });
}

const waysOf = (expr: Expr): readonly Expr[] =>
  expr.kind === "operator" && expr.name === "or" ? expr.args.flatMap(waysOf) : [expr];

/** Whether one way of an OR links two tables by itself. */
function isLinking(way: Expr): boolean {
  if (hasQuery(way)) return false;
  if (way.kind !== "operator") return false;
  if (way.name === "and") return way.args.some(isLinking);
  const [left, right] = way.args;
  return (
    way.name === "=" && left?.kind === "column" && right?.kind === "column" && left.table !== right.table
  );
}

const hasQuery = (part: Part): boolean =>
  typeof part !== "string" && (isQuery(part) || part.parts.some(hasQuery));
