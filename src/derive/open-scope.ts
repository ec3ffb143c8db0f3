import type { CatalogueColumn, CatalogueTable } from "./catalogue.ts";
import {
  type ColumnFacts,
  type ColumnRelation,
  type ColumnScope,
  findColumn,
  type Known,
  type Nulls,
  qualify,
} from "./column-scope.ts";
import { isStrict } from "./functions.ts";
import { findsAlways, nullsOf, worst } from "./nulls.ts";
import { printExpr, printFrom, printQuery } from "./print-query.ts";
import { Refusal } from "./refusal.ts";
import type { Body, Expr, From, Query, Select, TableExpression } from "./sql-tree.ts";
import { conjunctsOf } from "./table-facts.ts";

interface Place {
  readonly known: Known;
  readonly tables: readonly TableExpression[];
  readonly outer: ColumnScope | null;
}

/** The names that the expressions of a select see. */
export function openScope(select: Select, { known, tables, outer }: Place): ColumnScope {
  const scope: ColumnScope = {
    ...{ known, select, tables, outer, relations: new Map(), filled: new Set() },
    wrap: (text, isOfRow) => {
      const from = select.from === null ? "" : ` from ${printFrom(select.from)}`;
      const groups =
        isOfRow || select.groupBy.length === 0 ? "" : ` group by ${select.groupBy.map(printExpr).join(", ")}`;
      const own = `select ${text}${from}${groups}`;
      return outer === null ? `(${printWith(tables)}${own})` : outer.wrap(`(${own})`, true);
    },
    open: (query) =>
      query.body.kind === "select"
        ? openScope(query.body, { known, tables: [...tables, ...query.with], outer: scope })
        : null,
  };
  if (select.from !== null) addFrom(select.from, scope);
  if (select.where !== null) noteFilled(select.where, scope);
  return scope;
}

const printWith = (tables: readonly TableExpression[]): string =>
  tables.length === 0
    ? ""
    : printQuery({ kind: "whole", with: tables, body: oneRow, orderBy: [], limit: null }).replace(
        /select 1$/,
        "",
      );

const oneRow: Select = {
  ...{ kind: "select", distinct: false, from: null, where: null, groupBy: [], having: null },
  items: [{ expr: { kind: "literal", text: "1", parts: ["1"] }, name: null }],
};

/** A name and what it stands for. */
export interface Output {
  readonly name: string | null;
  facts(): ColumnFacts;
}

/** The columns of a query. */
function outputsOf(query: Query, place: Place): readonly Output[] {
  const tables = [...place.tables, ...query.with];
  return outputsOfBody(query.body, { ...place, tables });
}

function outputsOfBody(body: Body, place: Place): readonly Output[] {
  if (body.kind === "nested") return outputsOf(body.query, place);
  if (body.kind === "set") {
    const [left, right] = [outputsOfBody(body.left, place), outputsOfBody(body.right, place)];
    return left.map(({ name, facts }, index) => ({
      name,
      facts: () => eitherOf(facts(), right[index]?.facts() ?? unknownFacts),
    }));
  }
  const scope = openScope(body, place);
  return body.items.map(({ expr, name }) => ({
    name: name ?? (expr.kind === "column" ? expr.name : null),
    facts: () => factsOf(expr, scope),
  }));
}

const unknownFacts: ColumnFacts = { nulls: "unsure", base: null, origin: null };

const eitherOf = (one: ColumnFacts, other: ColumnFacts): ColumnFacts => ({
  nulls: worst([one.nulls, other.nulls]),
  base: one.base?.column === other.base?.column ? one.base : null,
  origin: null,
});

/** What is known of an expression of a select. */
function factsOf(expr: Expr, scope: ColumnScope): ColumnFacts {
  const found = expr.kind === "column" ? findColumn(expr, scope) : null;
  return found
    ? { ...found, nulls: nullsOf(expr, scope) }
    : { nulls: nullsOf(expr, scope), base: null, origin: { expr, scope } };
}

function addFrom(from: From, scope: ColumnScope): void {
  if (from.kind !== "join") {
    const relation = from.kind === "table" ? openTable(from.table, scope) : openDerived(from.query, scope);
    scope.relations.set(from.alias.toLowerCase(), relation);
    return;
  }
  addFrom(from.left, scope);
  const before = new Set(scope.relations.keys());
  addFrom(from.right, scope);
  if (from.join !== "left") {
    if (from.on !== null) noteFilled(from.on, scope);
    return;
  }
  const isThere = from.on !== null && from.right.kind === "table" && findsAlways(from.on, from.right, scope);
  if (isThere) return;
  for (const [alias, relation] of scope.relations)
    if (!before.has(alias)) scope.relations.set(alias, mayBeMissing(relation));
}

const mayBeMissing = (relation: ColumnRelation): ColumnRelation => ({
  ...relation,
  column: (name) => {
    const facts = relation.column(name);
    return facts && { ...facts, nulls: "maybe" };
  },
});

/** A comparison that holds keeps the columns beside it from being null. */
function noteFilled(condition: Expr, scope: ColumnScope): void {
  for (const one of conjunctsOf(condition)) {
    if (one.kind !== "operator" || one.name === "<=>") continue;
    if (!/^(?:=|<>|[<>]=?|between|like|in|is not null)$/.test(one.name)) continue;
    for (const arg of one.name === "in" ? one.args.slice(0, 1) : one.args)
      for (const column of strictColumns(arg)) scope.filled.add(qualify(column.table ?? "", column.name));
  }
}

/** The columns of which none is null when the expression is not. */
function strictColumns(expr: Expr): readonly (Expr & { readonly kind: "column" })[] {
  if (expr.kind === "column") return [expr];
  return (expr.kind === "operator" || expr.kind === "call") && isStrict(expr.name)
    ? expr.args.flatMap(strictColumns)
    : [];
}

function openTable(name: string, scope: ColumnScope): ColumnRelation {
  const { known, tables } = scope;
  const at = tables.findIndex((table) => table.name.toLowerCase() === name.toLowerCase());
  const named = tables[at];
  if (named) {
    const place = { known, tables: tables.slice(0, at), outer: null };
    return toRelation(outputsOf(named.query, place), named.columns);
  }
  const table = known.catalogue.get(name);
  if (table) return toTable(table, known);
  const view = known.views.get(name);
  if (view === undefined || view instanceof Refusal) return { table: null, column: () => null };
  return toRelation(outputsOf(view, { known, tables: [], outer: null }), []);
}

const openDerived = (query: Query, { known, tables }: ColumnScope): ColumnRelation =>
  toRelation(outputsOf(query, { known, tables, outer: null }), []);

function toRelation(outputs: readonly Output[], names: readonly string[]): ColumnRelation {
  const named = outputs.map(({ name, facts }, index) => ({ name: names[index] ?? name, facts }));
  return {
    table: null,
    column: (name) => named.find((one) => one.name?.toLowerCase() === name.toLowerCase())?.facts() ?? null,
  };
}

function toTable(table: CatalogueTable, known: Known): ColumnRelation {
  const column = (name: string): ColumnFacts | null => {
    const own = [...table.columns.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
    return own
      ? { nulls: nullsOfColumn(own, table, known), base: { table, column: own }, origin: null }
      : null;
  };
  return { table, column };
}

/** A generated column is null where what it is computed from is. */
function nullsOfColumn(column: CatalogueColumn, table: CatalogueTable, known: Known): Nulls {
  if (!column.nullable || known.facts(table.name).filled.has(column.name)) return "never";
  if (column.generation === null) return "maybe";
  const scope = openScope(oneRow, { known, tables: [], outer: null });
  scope.relations.set("", toTable(table, known));
  return nullsOf(nameless(column.generation), scope);
}

/** In the expression of a generated column no table stands before a column. */
const nameless = (expr: Expr): Expr =>
  expr.kind === "column"
    ? { ...expr, table: "" }
    : expr.kind === "operator" || expr.kind === "call"
      ? { ...expr, args: expr.args.map(nameless) }
      : expr;
