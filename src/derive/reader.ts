import type { Json } from "./parser-tree.ts";
import type { Expr, Query } from "./sql-tree.ts";

/** Expressions hold queries and queries hold expressions: each reader is given both. */
export interface Reader {
  expression(node: Json): Expr;
  query(node: Json): Query;
  /** The database whose name may stand before that of a table. */
  readonly database?: string | undefined;
}
