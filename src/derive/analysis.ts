import type { Block, Instance, Value } from "./block.ts";
import type { Catalogue } from "./catalogue.ts";
import type { ViewText } from "./read-views.ts";
import type { Rules } from "./rules.ts";
import type { Expr, Query, Select, TableExpression } from "./sql-tree.ts";

/** What a name before a dot stands for. Columns are looked at when they are used, so what nobody uses concerns nobody. */
export interface Relation {
  /** Null when there is no such column. */
  column(name: string): Value | null;
}

/** The names that an expression sees. */
export interface Scope {
  readonly relations: Map<string, Relation>;
  /** Of WITH, and the scope that they see. */
  readonly tables: ReadonlyMap<string, TableExpression>;
  readonly outer: Scope | null;
}

/** What a select is grouped by; nothing for an aggregate without GROUP BY. */
export interface Grouping {
  readonly keys: readonly Value[];
  /** Number of the select's first instance. */
  readonly from: number;
}

/** Where an expression stands. */
export interface Env {
  readonly block: Block;
  readonly scope: Scope;
  readonly select: Select;
  readonly group: Grouping | null;
}

/** Where a query stands. */
export interface Place {
  readonly block: Block;
  /** What it sees beside its own tables. */
  readonly scope: Scope | null;
  /** In FROM: conditions come after its LIMIT, so other rows compete with those that are seen. */
  readonly competes: boolean;
  /** Its order decides which rows there are. */
  readonly ordered?: boolean;
}

export interface Outputs {
  readonly names: readonly (string | null)[];
  value(index: number): Value;
}

/**
 * One walk through a view. Where rows come from one of several branches it chooses one; the walk is done again for
 * every other choice.
 */
export interface Analysis {
  readonly catalogue: Catalogue;
  readonly views: ReadonlyMap<string, ViewText>;
  readonly rules: Rules;
  /** Whether conditions that link by one of several ways are taken apart. */
  readonly splitsOr: boolean;
  choose(count: number): number;
  addInstance(block: Block, instance: Pick<Instance, "table" | "constant" | "alias">): Instance;
  /** The number that the next instance gets. */
  next(): number;
  query(query: Query, place: Place): Outputs;
  expression(expr: Expr, env: Env): Value;
  /** The same, where nothing is kept: to learn the types of other branches. */
  aside(): Analysis;
}
