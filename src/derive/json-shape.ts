import { type BaseColumn, type ColumnScope, findColumn, type Nulls } from "./column-scope.ts";
import { hasRow, nullsOf, resultsOfCase, worst } from "./nulls.ts";
import { printExpr } from "./print-query.ts";
import type { Expr } from "./sql-tree.ts";

/** A value that is no object and no list. */
export interface Leaf {
  readonly kind: "leaf";
  readonly nulls: Nulls;
  /** A query of the current database that gives it: the server tells its type. */
  readonly sql: string;
  readonly base: BaseColumn | null;
  /** Computed as true or false; `stored`: by a view, which may keep it as a number. */
  readonly truth: "no" | "plain" | "stored";
  /** A text that is a day, or a moment as JavaScript writes it. */
  readonly moment: "date" | "dateTime" | null;
}

/** What an expression of a view gives, as far as its text tells. */
export type Shape =
  | Leaf
  | { readonly kind: "object"; readonly nulls: Nulls; readonly members: readonly Member[] }
  /** Without an item: the list is empty. */
  | { readonly kind: "list"; readonly nulls: Nulls; readonly item: Shape | null }
  /** JSON whose parts cannot be told, and why. */
  | { readonly kind: "unknown"; readonly nulls: Nulls; readonly reason: string };

export interface Member {
  readonly name: string;
  readonly shape: Shape;
}

/** The shape of an expression; `isOfRow`: it stands within an aggregate. */
export function shapeOf(expr: Expr, scope: ColumnScope, isOfRow = false): Shape {
  const nulls = nullsOf(expr, scope);
  if (expr.kind === "column") return shapeOfColumn(expr, scope, isOfRow);
  if (expr.kind === "query" && expr.form === "scalar") return shapeOfQuery(expr, scope) ?? toLeaf();
  if (expr.kind === "operator" && expr.name === "case")
    return choose(resultsOfCase(expr.parts).values, nulls) ?? toLeaf();
  if (expr.kind !== "call") return toLeaf();
  switch (expr.name) {
    case "json_object":
      return shapeOfObject(expr.args, scope, isOfRow);
    case "json_arrayagg": {
      const [item] = expr.args;
      return { kind: "list", nulls, item: item ? shapeOf(item, scope, true) : null };
    }
    case "json_array":
      return shapeOfArray(expr.args, scope, isOfRow);
    case "coalesce":
    case "ifnull":
      return choose(expr.args, nulls) ?? toLeaf();
    case "if":
      return choose(expr.args.slice(1), nulls) ?? toLeaf();
  }
  return /^json_(?!valid|type|length|value|exists|unquote|contains|depth)/.test(expr.name)
    ? { kind: "unknown", nulls, reason: `JSON made by ${expr.name}()` }
    : toLeaf();

  function toLeaf(): Leaf {
    const text = printExpr(expr);
    const truth = isTruth(expr) ? "plain" : "no";
    return { kind: "leaf", nulls, sql: scope.wrap(text, isOfRow), base: null, truth, moment: momentOf(text) };
  }

  /** The one shape of several values of which any may be given; null when none is JSON. */
  function choose(values: readonly Expr[], all: Nulls): Shape | null {
    const shapes = values.filter((one) => !isNull(one)).map((one) => shapeOf(one, scope, isOfRow));
    if (shapes.every((one) => one.kind === "leaf")) return null;
    const full = shapes.filter((one) => one.kind !== "list" || one.item !== null);
    const [only = shapes[0]] = full;
    const isOneKind = shapes.every((one) => one.kind === only?.kind);
    return only && isOneKind && full.length <= 1
      ? { ...only, nulls: all }
      : { kind: "unknown", nulls: all, reason: "JSON of several shapes" };
  }
}

const isNull = (expr: Expr): boolean => expr.kind === "literal" && /^null$/i.test(expr.text);

function shapeOfColumn(
  expr: Expr & { readonly kind: "column" },
  scope: ColumnScope,
  isOfRow: boolean,
): Shape {
  const facts = findColumn(expr, scope);
  const nulls = nullsOf(expr, scope);
  const origin = facts?.origin ? shapeOf(facts.origin.expr, facts.origin.scope) : null;
  if (origin && origin.kind !== "leaf") return { ...origin, nulls };
  const base = facts?.base ?? null;
  if (base && scope.known.facts(base.table.name).json.has(base.column.name))
    return { kind: "unknown", nulls, reason: "JSON" };
  return {
    ...{ kind: "leaf", nulls, base, moment: origin?.moment ?? null },
    sql: scope.wrap(printExpr(expr), isOfRow),
    truth: origin && origin.truth !== "no" ? "stored" : "no",
  };
}

function shapeOfQuery(expr: Expr & { readonly kind: "query" }, outer: ColumnScope): Shape | null {
  const scope = outer.open(expr.query);
  const item = scope?.select.items[0]?.expr;
  if (!scope || !item) return null;
  const shape = shapeOf(item, scope);
  return { ...shape, nulls: hasRow(expr.query, scope) ? shape.nulls : "maybe" };
}

function shapeOfObject(args: readonly Expr[], scope: ColumnScope, isOfRow: boolean): Shape {
  const members: Member[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at], args[at + 1]];
    if (name?.kind !== "literal" || !value || !name.text.startsWith("'"))
      return { kind: "unknown", nulls: "never", reason: "an object whose keys are computed" };
    const text = name.text.slice(1, -1).replaceAll("''", "'").replaceAll("\\\\", "\\");
    members.push({ name: text, shape: shapeOf(value, scope, isOfRow) });
  }
  return { kind: "object", nulls: "never", members };
}

function shapeOfArray(args: readonly Expr[], scope: ColumnScope, isOfRow: boolean): Shape {
  if (args.length === 0) return { kind: "list", nulls: "never", item: null };
  const shapes = args.map((arg) => shapeOf(arg, scope, isOfRow));
  const [first] = shapes;
  const isOne = first?.kind === "leaf" && shapes.every((one) => one.kind === "leaf" && one.sql === first.sql);
  return isOne && first
    ? { kind: "list", nulls: "never", item: { ...first, nulls: worst(shapes.map((one) => one.nulls)) } }
    : { kind: "unknown", nulls: "never", reason: "a list of values that stand beside each other" };
}

/** Whether the server keeps an expression as true or false, which JSON then shows. */
function isTruth(expr: Expr): boolean {
  if (expr.kind === "literal") return /^(?:true|false)$/i.test(expr.text);
  if (expr.kind === "query") return expr.form !== "scalar";
  if (expr.kind === "column") return false;
  if (expr.kind === "operator")
    return /^(?:=|<=>|<>|[<>]=?|and|or|xor|not|(?:not )?(?:between|in|like|regexp)|is .*)$/.test(expr.name);
  if (expr.name === "if") return expr.args.slice(1).every(isTruth);
  return (expr.name === "coalesce" || expr.name === "ifnull") && expr.args.every(isTruth);
}

/** A format of a moment as JavaScript writes it, or nearly so: without its fraction. */
function momentOf(text: string): Leaf["moment"] {
  if (/^concat\(left\(date_format\(.*, '%Y-%m-%dT%(?:T|H:%i:%s)\.%f'\), 23\), 'Z'\)$/s.test(text))
    return "dateTime";
  if (/^date_format\(.*, '%Y-%m-%dT%(?:T|H:%i:%s)Z'\)$/s.test(text)) return "dateTime";
  return /^date_format\(.*, '%Y-%m-%d'\)$/s.test(text) ? "date" : null;
}
