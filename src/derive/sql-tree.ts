/**
 * A query as the derivation sees it: what it does not look at is text between the parts that it does. Everything
 * is in the server's own canonical form, so names are resolved and stars written out.
 */

export type Part = string | Expr | Query;

/** Every expression prints as its parts, one after the other. */
export type Expr = { readonly parts: readonly Part[] } & (
  | {
      readonly kind: "column" /** Null: an alias of the select itself. */;
      readonly table: string | null;
      readonly name: string;
    }
  | { readonly kind: "literal"; readonly text: string }
  /** `=`, `and`, `not`, `is null`, `+`, `like`: an operator, in lower case, and what it stands between. */
  | { readonly kind: "operator"; readonly name: string; readonly args: readonly Expr[] }
  | {
      readonly kind: "call";
      /** In lower case. */
      readonly name: string;
      readonly args: readonly Expr[];
      readonly aggregate: boolean;
      /** Of a window function: what it is partitioned by. */
      readonly partition?: readonly Expr[];
    }
  | {
      readonly kind: "query";
      /** `compare`: `x > all (select …)`. */
      readonly form: "scalar" | "exists" | "in" | "compare";
      readonly arg: Expr | null;
      readonly query: Query;
      readonly negated: boolean;
    }
);

export interface Item {
  readonly expr: Expr;
  /** Null in a sub-query whose columns nobody names. */
  readonly name: string | null;
}

export type From =
  | {
      readonly kind: "table";
      /** Of a table, a view, or a query of WITH. */
      readonly table: string;
      readonly alias: string;
      /** Only where the text says it: what it stands before is no query of WITH. */
      readonly database?: string;
    }
  | { readonly kind: "derived"; readonly query: Query; readonly alias: string }
  | {
      readonly kind: "join";
      readonly join: "inner" | "straight" | "left";
      readonly left: From;
      readonly right: From;
      readonly on: Expr | null;
    };

export interface Select {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly items: readonly Item[];
  readonly from: From | null;
  readonly where: Expr | null;
  readonly groupBy: readonly Expr[];
  readonly having: Expr | null;
}

export type Body =
  | Select
  | {
      readonly kind: "set";
      readonly operator: "union" | "intersect" | "except";
      readonly all: boolean;
      readonly left: Body;
      readonly right: Body;
    }
  | { readonly kind: "nested"; readonly query: Query };

export interface Order {
  readonly expr: Expr;
  readonly descending: boolean;
}

export interface TableExpression {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

export interface Query {
  readonly kind: "whole";
  readonly with: readonly TableExpression[];
  readonly body: Body;
  readonly orderBy: readonly Order[];
  /** `3`, or `3 offset 2`. */
  readonly limit: string | null;
}

export const isQuery = (part: Part): part is Query => typeof part !== "string" && part.kind === "whole";

/** An operator between two expressions, printed with all parentheses. */
export const binary = (name: string, left: Expr, right: Expr): Expr => ({
  kind: "operator",
  name,
  args: [left, right],
  parts: ["(", left, ` ${name} `, right, ")"],
});

export const literal = (text: string): Expr => ({ kind: "literal", text, parts: [text] });
