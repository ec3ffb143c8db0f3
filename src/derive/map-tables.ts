import { type Body, type Expr, type From, isQuery, type Part, type Query, type Select } from "./sql-tree.ts";

type TableOf = From & { readonly kind: "table" };

/** What becomes of the names of a query. */
export interface NameChange {
  /** A table of FROM; `scope`: the queries of WITH that it sees, the nearest last. */
  table(from: TableOf, scope: Scope): From;
  /** What the query of a WITH is called from now on. `isWithin`: the WITH stands in the query of another. */
  common(name: string, scope: Scope, isWithin: boolean): string;
}

/** Names of WITH, in lower case, and what they are called from now on. */
export type Scope = readonly (readonly [name: string, called: string])[];

/** The same query with other names, each met once, in the order in which the text has them; what is one stays one. */
export function mapTables(query: Query, change: NameChange): Query {
  const known = new Map<object, unknown>();
  /** An expression stands among the parts of another, and among its operands. */
  const once = <T extends object>(node: T, map: (node: T) => T): T => {
    const found = known.get(node) as T | undefined; // what was made of this very node
    const made = found ?? map(node);
    known.set(node, made);
    return made;
  };

  function mapQuery(one: Query, around: Scope, isWithin: boolean): Query {
    return once(one, () => {
      let scope = around;
      const tables = one.with.map((table) => {
        const inner = mapQuery(table.query, scope, true);
        const name = change.common(table.name, scope, isWithin);
        scope = [...scope, [table.name.toLowerCase(), name]];
        return { ...table, name, query: inner };
      });
      const place = { scope, isWithin };
      return {
        ...one,
        with: tables,
        body: mapBody(one.body, place),
        orderBy: one.orderBy.map((order) => ({ ...order, expr: mapExpr(order.expr, place) })),
      };
    });
  }

  interface Place {
    readonly scope: Scope;
    readonly isWithin: boolean;
  }

  function mapBody(body: Body, place: Place): Body {
    if (body.kind === "nested") return { ...body, query: mapQuery(body.query, place.scope, place.isWithin) };
    if (body.kind === "set")
      return { ...body, left: mapBody(body.left, place), right: mapBody(body.right, place) };
    return mapSelect(body, place);
  }

  const mapSelect = (select: Select, place: Place): Select => ({
    ...select,
    items: select.items.map((item) => ({ ...item, expr: mapExpr(item.expr, place) })),
    from: select.from && mapFrom(select.from, place),
    where: select.where && mapExpr(select.where, place),
    groupBy: select.groupBy.map((expr) => mapExpr(expr, place)),
    having: select.having && mapExpr(select.having, place),
  });

  function mapFrom(from: From, place: Place): From {
    if (from.kind === "table") return change.table(from, place.scope);
    if (from.kind === "derived") return { ...from, query: mapQuery(from.query, place.scope, place.isWithin) };
    const left = mapFrom(from.left, place);
    const right = mapFrom(from.right, place);
    return { ...from, left, right, on: from.on && mapExpr(from.on, place) };
  }

  const mapPart = (part: Part, place: Place): Part => {
    if (typeof part === "string") return part;
    return isQuery(part) ? mapQuery(part, place.scope, place.isWithin) : mapExpr(part, place);
  };

  function mapExpr(expr: Expr, place: Place): Expr {
    return once(expr, (one): Expr => {
      const parts = one.parts.map((part) => mapPart(part, place));
      switch (one.kind) {
        case "operator":
          return { ...one, parts, args: one.args.map((arg) => mapExpr(arg, place)) };
        case "call": {
          const { partition } = one;
          const args = one.args.map((arg) => mapExpr(arg, place));
          if (!partition) return { ...one, parts, args };
          return { ...one, parts, args, partition: partition.map((by) => mapExpr(by, place)) };
        }
        case "query": {
          const inner = mapQuery(one.query, place.scope, place.isWithin);
          return { ...one, parts, arg: one.arg && mapExpr(one.arg, place), query: inner };
        }
        default:
          return { ...one, parts };
      }
    });
  }

  return mapQuery(query, [], false);
}
