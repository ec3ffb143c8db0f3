import { at, type Json, listAt, readName, readTag, textAt } from "./parser-tree.ts";
import type { Reader } from "./reader.ts";
import { refuse } from "./refusal.ts";
import type { Body, From, Item, Order, Query, Select, TableExpression } from "./sql-tree.ts";

/** Reads a query from the parser's tree. @throws Refusal when a construct is not known. */
export function readQuery(node: Json, read: Reader): Query {
  if (at(node, "with", "recursive") === true)
    refuse("A recursive WITH is not understood", "Join the levels that are needed.");
  const tables = listAt(node, "with", "cte_tables").map(
    (table): TableExpression => ({
      name: textAt(table, "alias", "name", "value"),
      columns: listAt(table, "alias", "columns").map((column) => textAt(column, "name", "value")),
      query: read.query(at(table, "query")),
    }),
  );
  return {
    kind: "whole",
    with: tables,
    body: readBody(at(node, "body"), read),
    orderBy: listAt(node, "order_by", "kind", "Expressions").map(
      (one): Order => ({
        expr: read.expression(at(one, "expr")),
        descending: at(one, "options", "asc") === false,
      }),
    ),
    limit: readLimit(at(node, "limit_clause")),
  };
}

function readLimit(clause: Json): string | null {
  if (clause === null) return null;
  const number = (node: Json): string => {
    const [digits] = listAt(node, "Value", "value", "Number");
    return typeof digits === "string" ? digits : refuse("A LIMIT is not a number", "Write one.");
  };
  const comma = at(clause, "OffsetCommaLimit");
  if (comma !== null) return `${number(at(comma, "limit"))} offset ${number(at(comma, "offset"))}`;
  const offset = at(clause, "LimitOffset", "offset", "value");
  const limit = number(at(clause, "LimitOffset", "limit"));
  return offset === null ? limit : `${limit} offset ${number(offset)}`;
}

function readBody(node: Json, read: Reader): Body {
  const [tag, content] = readTag(node);
  if (tag === "Select") return readSelect(content, read);
  if (tag === "Query") return { kind: "nested", query: read.query(content) };
  if (tag !== "SetOperation") return refuse(`The construct ${tag} is not understood`, "Select from a table.");
  const operator = textAt(content, "op").toLowerCase();
  if (operator !== "union" && operator !== "intersect" && operator !== "except")
    return refuse(`The construct ${operator} is not understood`, "Write it in another way.");
  const all = textAt(content, "set_quantifier") === "All";
  const [left, right] = [readBody(at(content, "left"), read), readBody(at(content, "right"), read)];
  return { kind: "set", operator, all, left, right };
}

function readSelect(content: Json, read: Reader): Select {
  const having = at(content, "having");
  const where = at(content, "selection");
  const froms = listAt(content, "from").map((from) => readJoined(from, read));
  return {
    kind: "select",
    distinct: textAt(content, "distinct") === "Distinct",
    items: listAt(content, "projection").map((item) => readItem(item, read)),
    from:
      froms.length === 0
        ? null
        : froms.reduce((left, right) => ({ kind: "join", join: "inner", left, right, on: null })),
    where: where === null ? null : read.expression(where),
    groupBy: listAt({ list: listAt(content, "group_by", "Expressions")[0] ?? [] }, "list").map(
      read.expression,
    ),
    having: having === null ? null : read.expression(having),
  };
}

function readItem(item: Json, read: Reader): Item {
  const [tag, content] = readTag(item);
  if (tag === "ExprWithAlias")
    return { expr: read.expression(at(content, "expr")), name: textAt(content, "alias", "value") };
  if (tag === "UnnamedExpr") return { expr: read.expression(content), name: null };
  return refuse("A star is not understood", "Name the columns.");
}

function readJoined(node: Json, read: Reader): From {
  let from = readRelation(at(node, "relation"), read);
  for (const join of listAt(node, "joins")) {
    const [operator, constraint] = readTag(at(join, "join_operator"));
    const kind =
      joinKinds[operator] ?? refuse(`The join ${operator} is not understood`, "Use JOIN or LEFT JOIN.");
    const on = constraint === null || constraint === "None" ? null : at(constraint, "On");
    if (on === null && constraint !== null && constraint !== "None")
      refuse("A join without ON is not understood", "Write its condition after ON.");
    from = {
      ...{ kind: "join", join: kind, left: from, right: readRelation(at(join, "relation"), read) },
      on: on === null ? null : read.expression(on),
    };
  }
  return from;
}

const joinKinds: Readonly<Record<string, "inner" | "left" | "straight">> = {
  ...{ Join: "inner", Inner: "inner", CrossJoin: "inner", StraightJoin: "straight" },
  ...{ Left: "left", LeftOuter: "left" },
};

function readRelation(node: Json, read: Reader): From {
  const [tag, content] = readTag(node);
  if (tag === "NestedJoin") return readJoined(at(content, "table_with_joins"), read);
  const alias = textAt(content, "alias", "name", "value");
  if (tag === "Derived") return { kind: "derived", query: read.query(at(content, "subquery")), alias };
  if (tag !== "Table")
    return refuse(`The construct ${tag} is not understood`, "Select from a table or a view.");
  const { parts } = readName(at(content, "name"));
  if (parts.length === 2 && parts[0] === read.database) {
    const [database = "", table = ""] = parts;
    return { kind: "table", table, alias: alias || table, database };
  }
  const [table = "", other] = parts;
  if (other !== undefined)
    refuse(`${parts.join(".")} belongs to another database`, "A model shows the tables of one database.");
  return { kind: "table", table, alias: alias || table };
}
