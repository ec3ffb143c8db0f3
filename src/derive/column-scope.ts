import type { Catalogue, CatalogueColumn, CatalogueTable } from "./catalogue.ts";
import type { ViewText } from "./read-views.ts";
import type { Expr, Query, Select, TableExpression } from "./sql-tree.ts";
import type { TableFacts } from "./table-facts.ts";

/** Whether a value may be null; `unsure`: it is computed by what is not known here. */
export type Nulls = "never" | "unsure" | "maybe";

/** What there is in the database. */
export interface Known {
  readonly catalogue: Catalogue;
  readonly facts: (table: string) => TableFacts;
  readonly views: ReadonlyMap<string, ViewText>;
}

/** A column of a table, as it is. */
export interface BaseColumn {
  readonly table: CatalogueTable;
  readonly column: CatalogueColumn;
}

/** What is known of a column of FROM. */
export interface ColumnFacts {
  readonly nulls: Nulls;
  /** Null: it is computed. */
  readonly base: BaseColumn | null;
  /** Of a view's or a derived table's: the expression that it is. */
  readonly origin: { readonly expr: Expr; readonly scope: ColumnScope } | null;
}

export interface ColumnRelation {
  column(name: string): ColumnFacts | null;
  /** Null for what is no table itself. */
  readonly table: CatalogueTable | null;
}

/** The names that the expressions of a select see. */
export interface ColumnScope {
  readonly known: Known;
  readonly select: Select;
  readonly relations: Map<string, ColumnRelation>;
  /** `alias.column` of what a condition keeps from being null. */
  readonly filled: Set<string>;
  /** Of WITH. */
  readonly tables: readonly TableExpression[];
  readonly outer: ColumnScope | null;
  /** A select that gives an expression of this one as its only column; `isOfRow`: of single rows, not of groups. */
  wrap(text: string, isOfRow: boolean): string;
  /** The scope of a sub-query in one of its expressions; null when that is no single select. */
  open(query: Query): ColumnScope | null;
}

/** Null for what is no column of FROM here, nor around. */
export function findColumn(
  { table, name }: Expr & { readonly kind: "column" },
  scope: ColumnScope,
): ColumnFacts | null {
  if (table === null) return null;
  for (let one: ColumnScope | null = scope; one !== null; one = one.outer) {
    const facts = one.relations.get(table.toLowerCase())?.column(name);
    if (facts) return one.filled.has(qualify(table, name)) ? { ...facts, nulls: "never" } : facts;
  }
  return null;
}

/** `alias.column`, as `filled` has it. */
export const qualify = (table: string, column: string): string => `${table}.${column}`.toLowerCase();
