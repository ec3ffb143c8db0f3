import type { Known } from "./column-scope.ts";
import { printExpr } from "./print-query.ts";
import { Refusal } from "./refusal.ts";
import type { Body, Expr, From, Query, Select, TableExpression } from "./sql-tree.ts";
import { conjunctsOf } from "./table-facts.ts";

/** Columns, of which no two rows have the same values. */
type Key = readonly string[];

interface Joined {
  readonly alias: string;
  readonly keys: readonly Key[];
}

/** The keys of a table, or those that the text of a view proves: by what it is grouped by, and by joins that find one row. */
export function uniqueKeysOf(
  relation: string,
  known: Known,
  tables: readonly TableExpression[] = [],
): readonly Key[] {
  const at = tables.findIndex((one) => one.name.toLowerCase() === relation.toLowerCase());
  const named = tables[at];
  if (named)
    return named.columns.length > 0 ? [] : uniqueKeysOfQuery(named.query, known, tables.slice(0, at));
  const table = known.catalogue.get(relation);
  if (table) return table.uniqueKeys.filter((key) => key.length > 0);
  const view = known.views.get(relation);
  return view === undefined || view instanceof Refusal ? [] : uniqueKeysOfQuery(view, known, []);
}

function uniqueKeysOfQuery(query: Query, known: Known, outer: readonly TableExpression[]): readonly Key[] {
  const tables = [...outer, ...query.with];
  return uniqueKeysOfBody(query.body, known, tables);
}

function uniqueKeysOfBody(body: Body, known: Known, tables: readonly TableExpression[]): readonly Key[] {
  if (body.kind === "nested") return uniqueKeysOfQuery(body.query, known, tables);
  if (body.kind === "set" || body.from === null) return [];
  if (body.groupBy.length > 0) {
    const names = body.groupBy.map((expr) => shownAs(expr, body));
    return names.every((name) => name !== null) ? [names] : [];
  }
  const joined = listJoined(body.from, known, tables);
  const equal = [...conditionsOf(body.from), ...(body.where === null ? [] : conjunctsOf(body.where))].filter(
    (one) => one.kind === "operator" && one.name === "=",
  );
  return joined
    .filter((one) => findsAll(one, joined, equal))
    .flatMap(({ alias, keys }) =>
      keys.flatMap((key) => {
        const names = key.map((column) => shownAs({ alias, column }, body));
        return names.every((name) => name !== null) ? [names] : [];
      }),
    );
}

/** The name under which a select shows an expression, or a column. */
function shownAs(wanted: Expr | ColumnName, select: Select): string | null {
  const isIt = (expr: Expr) =>
    "alias" in wanted ? isColumn(expr, wanted) : printExpr(expr) === printExpr(wanted);
  const item = select.items.find(({ expr }) => isIt(expr));
  return item ? (item.name ?? (item.expr.kind === "column" ? item.expr.name : null)) : null;
}

function listJoined(from: From, known: Known, tables: readonly TableExpression[]): readonly Joined[] {
  if (from.kind === "join")
    return [...listJoined(from.left, known, tables), ...listJoined(from.right, known, tables)];
  const alias = from.alias.toLowerCase();
  return from.kind === "table"
    ? [{ alias, keys: uniqueKeysOf(from.table, known, tables) }]
    : [{ alias, keys: uniqueKeysOfQuery(from.query, known, tables) }];
}

const conditionsOf = (from: From): readonly Expr[] =>
  from.kind === "join"
    ? [
        ...conditionsOf(from.left),
        ...conditionsOf(from.right),
        ...(from.on === null ? [] : conjunctsOf(from.on)),
      ]
    : [];

/** Whether conditions find at most one row of all others from a row of this one: step by step, by keys of them. */
function findsAll(from: Joined, all: readonly Joined[], equal: readonly Expr[]): boolean {
  const found = new Set([from.alias]);
  for (let count = 0; count < found.size; ) {
    count = found.size;
    for (const { alias, keys } of all)
      if (keys.some((key) => key.every((column) => equal.some((one) => sets(one, { alias, column }, found)))))
        found.add(alias);
  }
  return all.every(({ alias }) => found.has(alias));
}

/** Whether a condition says what a column is, by a literal or a column of what is found already. */
function sets(condition: Expr, wanted: ColumnName, found: ReadonlySet<string>): boolean {
  const [left, right] = condition.kind === "operator" ? condition.args : [];
  const isKnown = (expr: Expr | undefined) =>
    expr?.kind === "literal" || (expr?.kind === "column" && found.has(expr.table?.toLowerCase() ?? ""));
  return (isColumn(left, wanted) && isKnown(right)) || (isColumn(right, wanted) && isKnown(left));
}

interface ColumnName {
  readonly alias: string;
  readonly column: string;
}

const isColumn = (expr: Expr | undefined, { alias, column }: ColumnName): boolean =>
  expr?.kind === "column" &&
  expr.table?.toLowerCase() === alias &&
  expr.name.toLowerCase() === column.toLowerCase();
