import { toEquals, toExisting } from "./analyse-condition.ts";
import { addRows } from "./analyse-select.ts";
import type { Analysis, Env, Scope } from "./analysis.ts";
import { addBlock, type Block, compare, opaque, type Value } from "./block.ts";
import { passGroup } from "./grouping.ts";
import { refuse } from "./refusal.ts";
import { type Expr, isQuery } from "./sql-tree.ts";
import { mayBeNull } from "./value-types.ts";

/** What an expression says of the rows around it. What it uses is noted at their tables. */
export function analyseExpression(expr: Expr, env: Env, analysis: Analysis): Value {
  const value = toValue(expr, env, analysis);
  return env.group === null ? value : passGroup(value, env.group, analysis.rules);
}

function toValue(expr: Expr, env: Env, analysis: Analysis): Value {
  switch (expr.kind) {
    case "literal":
      return { kind: "constant", text: expr.text };
    case "column":
      return toColumn(expr, env, analysis);
    case "query":
      return addQuery(expr, env, analysis);
    case "call":
      if (expr.partition !== undefined) return addWindow(expr, expr.partition, env, analysis);
      if (!expr.aggregate) return toMade(expr, env, analysis);
      checkAggregate(expr, env.scope);
      // Single rows are asked for what they give to the sum.
      for (const arg of expr.args) toValue(arg, { ...env, group: null }, analysis);
      return opaque;
    case "operator":
      return toMade(expr, env, analysis);
  }
}

/** An aggregate of columns from around a sub-query makes one row of what stands around it. */
function checkAggregate(expr: Expr & { readonly kind: "call" }, scope: Scope): void {
  const columns = expr.args.flatMap(columnsIn);
  if (columns.length > 0 && columns.every((table) => !scope.relations.has(table)))
    refuse(
      `${expr.name}() in a sub-query is of columns that stand around it`,
      "Write the aggregate into the query whose rows it counts.",
    );
}

/** The tables of the columns in an expression, but for its sub-queries. */
const columnsIn = (expr: Expr): readonly string[] =>
  expr.kind === "column"
    ? [expr.table?.toLowerCase() ?? ""]
    : expr.parts.flatMap((part) => (typeof part === "string" || isQuery(part) ? [] : columnsIn(part)));

function toMade(expr: Expr & { readonly kind: "call" | "operator" }, env: Env, analysis: Analysis): Value {
  const values = new Map(expr.args.map((arg) => [arg, toValue(arg, env, analysis)]));
  const args = [...values.values()];
  if (args.some((arg) => arg.kind === "opaque")) return opaque;
  const parts = expr.parts.map((part) => {
    if (typeof part === "string") return part;
    return isQuery(part) ? "" : (values.get(part) ?? opaque);
  });
  return { kind: "made", name: expr.name, args, parts };
}

function toColumn(expr: Expr & { readonly kind: "column" }, env: Env, analysis: Analysis): Value {
  if (expr.table === null) {
    const item = env.select.items.find((one) => one.name?.toLowerCase() === expr.name.toLowerCase());
    if (item && item.expr !== expr) return toValue(item.expr, env, analysis);
    return refuse(`${expr.name} is not a column of a table here`, "Write the name of its table before it.");
  }
  const name = expr.table.toLowerCase();
  for (let scope: Scope | null = env.scope; scope !== null; scope = scope.outer) {
    const relation = scope.relations.get(name);
    const value = relation?.column(expr.name);
    if (value) return value;
  }
  return refuse(`${expr.table}.${expr.name} is not a column here`, "Name a column that there is.");
}

/** A sub-query whose rows may be missing: what it gives is not of single rows. */
function addQuery(expr: Expr & { readonly kind: "query" }, env: Env, analysis: Analysis): Value {
  const block = addBlock(env.block, "query");
  const query = expr.form === "exists" ? (toExisting(expr.query) ?? expr.query) : expr.query;
  const rows = { ...env, group: null };
  const outputs = analysis.query(query, { block, scope: env.scope, competes: false });
  if (expr.arg !== null) toValue(expr.arg, rows, analysis);
  if (expr.form !== "exists") for (const index of outputs.names.keys()) outputs.value(index);
  if (expr.form === "in" && expr.arg !== null) {
    const arg = expr.arg.kind === "operator" && expr.arg.name === "row" ? expr.arg.args : [expr.arg];
    const values = arg.map((one) => analysis.expression(one, rows));
    const hasNulls = values.some(
      (value, index) => mayBeNull(value, env.block) || mayBeNull(outputs.value(index), block),
    );
    if (!hasNulls || !analysis.rules.nullsUndoIn)
      block.conditions.push(...toEquals(expr.arg, outputs, rows, analysis));
  }
  if (!analysis.rules.queryLinksInside) env.block.conditions.push(...conditionsBeneath(block));
  return opaque;
}

const conditionsBeneath = (block: Block): readonly Value[] => [
  ...block.conditions,
  ...block.children.flatMap(conditionsBeneath),
];

/** A window looks at every row of the partition: a copy of the select's rows, linked by what they are parted by. */
function addWindow(
  expr: Expr & { readonly kind: "call" },
  partition: readonly Expr[],
  env: Env,
  analysis: Analysis,
): Value {
  for (const arg of expr.args) toValue(arg, { ...env, group: null }, analysis);
  if (!analysis.rules.windowSeesPartition) return opaque;
  const block = addBlock(env.block, "query");
  const copy = addRows(env.select, block, env.scope.outer, analysis);
  for (const arg of expr.args) toValue(arg, { ...copy, group: null }, analysis);
  for (const one of partition) {
    const [here, there] = [analysis.expression(one, env), analysis.expression(one, copy)];
    const name = analysis.rules.partitionHasNulls ? "<=>" : "=";
    if (here.kind !== "opaque" && there.kind !== "opaque") block.conditions.push(compare(name, there, here));
  }
  return opaque;
}
