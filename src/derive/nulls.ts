import { type ColumnScope, findColumn, type Nulls } from "./column-scope.ts";
import type { Expr, From, Part, Query, Select } from "./sql-tree.ts";
import { isQuery } from "./sql-tree.ts";
import { conjunctsOf } from "./table-facts.ts";

const ranks: readonly Nulls[] = ["never", "unsure", "maybe"];

/** Null when one of them is. */
export const worst = (all: readonly Nulls[]): Nulls =>
  ranks[Math.max(0, ...all.map((one) => ranks.indexOf(one)))] ?? "maybe";

/** Null when all of them are. */
const best = (all: readonly Nulls[]): Nulls =>
  ranks[Math.min(2, ...all.map((one) => ranks.indexOf(one)))] ?? "maybe";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Null exactly when one of their arguments is. */
const total = words(`
  = < > <= >= <> + - * and or not xor between in like regexp row interval trim substr locate ceiling floor
  abs ascii bin char_length concat field find_in_set greatest hex instr lcase least left length lower ltrim
  md5 ord replace reverse right round rtrim sha1 sign strcmp truncate ucase upper not json_quote
`);

/** The same of arguments that are days or moments of the calendar; of other texts there may be none. */
const ofDates = words(`
  cast extract date date_format datediff dayofmonth dayofweek dayofyear hour minute month quarter second
  timestampdiff to_days week weekday year yearweek microsecond
`);

const neverNull = words(`
  <=> count row_number rank dense_rank ntile percent_rank cume_dist json_object json_array
`);

/** Whether an expression of a select may be null in one of its rows. Leans to yes. */
export function nullsOf(expr: Expr, scope: ColumnScope): Nulls {
  if (expr.kind === "literal") return /^null$/i.test(expr.text) ? "maybe" : "never";
  if (expr.kind === "column") return findColumn(expr, scope)?.nulls ?? "unsure";
  if (expr.kind === "query") return nullsOfQuery(expr, scope);
  return nullsOfMade(expr, scope);
}

function nullsOfMade(expr: Expr & { readonly kind: "operator" | "call" }, scope: ColumnScope): Nulls {
  const { args } = expr;
  const of = (some: readonly Expr[]) => worst(some.map((arg) => nullsOf(arg, scope)));
  const [name = ""] = expr.name.replace(/^not (?=between|in|like|regexp)/, "").split(" ");
  if (name === "is" || neverNull.has(name)) return "never";
  if (expr.kind === "call" && expr.aggregate) {
    if (scope.select.groupBy.length === 0) return "maybe";
    return name === "json_arrayagg" ? "never" : of(args.slice(0, 1));
  }
  if (name === "coalesce" || name === "ifnull") return best(args.map((arg) => nullsOf(arg, scope)));
  if (name === "nullif") return "maybe";
  if (name === "if") return of(args.slice(1));
  if (name === "case") return nullsOfCase(expr.parts, scope);
  if (name === "concat_ws") return of(args.slice(0, 1));
  if (name === "collate" || name === "convert" || total.has(name)) return of(args);
  if (name === "cast" && !/ (?:date|datetime|time|timestamp)\b/.test(expr.name)) return of(args);
  if (name === "/" || name === "%" || name === "div" || name === "mod") {
    const [, by] = args;
    return by?.kind === "literal" && /[1-9]/.test(by.text) ? of(args) : "maybe";
  }
  if (ofDates.has(name) && args.every((arg) => arg.kind === "literal" || isDate(arg, scope))) return of(args);
  return of(args) === "never" ? "unsure" : "maybe";
}

/** Whether an expression is a day or a moment of a column: no text that may be none. */
function isDate(expr: Expr, scope: ColumnScope): boolean {
  if (expr.kind !== "column") return expr.kind === "operator" && /^cast date/.test(expr.name);
  const facts = findColumn(expr, scope);
  if (facts?.origin) return isDate(facts.origin.expr, facts.origin.scope);
  return /^(?:date|datetime|timestamp)$/.test(facts?.base?.column.dataType ?? "");
}

function nullsOfCase(parts: readonly Part[], scope: ColumnScope): Nulls {
  const results = resultsOfCase(parts);
  return worst([...results.values.map((one) => nullsOf(one, scope)), results.isComplete ? "never" : "maybe"]);
}

/** What a CASE may give; without an ELSE null too. */
export function resultsOfCase(parts: readonly Part[]): {
  readonly values: readonly Expr[];
  readonly isComplete: boolean;
} {
  const follows = (word: string) =>
    parts.flatMap((part, index) =>
      typeof part !== "string" && !isQuery(part) && parts[index - 1] === ` ${word} ` ? [part] : [],
    );
  const last = follows("else");
  return { values: [...follows("then"), ...last], isComplete: last.length > 0 };
}

function nullsOfQuery(expr: Expr & { readonly kind: "query" }, scope: ColumnScope): Nulls {
  if (expr.form === "exists") return "never";
  const inner = scope.open(expr.query);
  if (inner === null) return "maybe";
  const item = inner.select.items[0]?.expr;
  const given = item === undefined ? "maybe" : nullsOf(item, inner);
  if (expr.form !== "scalar") return worst([given, expr.arg === null ? "never" : nullsOf(expr.arg, scope)]);
  return hasRow(expr.query, inner) ? given : "maybe";
}

/** Whether a sub-query has a row for every row around it. */
export function hasRow(query: Query, { select, outer }: ColumnScope): boolean {
  if (query.limit !== null || select.having !== null || outer === null) return false;
  if (select.from === null) return select.where === null;
  if (select.groupBy.length > 0) return false;
  if (isOneRow(select)) return true;
  if (select.where === null || select.from.kind !== "table") return false;
  // Without the condition, which would keep its own columns from being null.
  const inner = outer.open({ ...query, body: { ...select, where: null } });
  return inner !== null && findsAlways(select.where, select.from, inner);
}

/** An aggregate without groups is one row, also of none. */
const isOneRow = ({ items, groupBy }: Select): boolean =>
  groupBy.length === 0 && items.some(({ expr }) => hasAggregate(expr));

const hasAggregate = (expr: Expr): boolean =>
  (expr.kind === "call" && expr.aggregate) ||
  ((expr.kind === "call" || expr.kind === "operator") && expr.args.some(hasAggregate));

/** Whether a condition follows a foreign key to a table, so that its row is there. */
export function findsAlways(
  condition: Expr,
  to: From & { readonly kind: "table" },
  scope: ColumnScope,
): boolean {
  const alias = to.alias.toLowerCase();
  const table = scope.relations.get(alias)?.table;
  const pairs = conjunctsOf(condition).map((one) => {
    if (one.kind !== "operator" || one.name !== "=") return null;
    const [left, right] = one.args;
    if (left?.kind !== "column" || right?.kind !== "column") return null;
    const [there, here] = left.table?.toLowerCase() === alias ? [left, right] : [right, left];
    const from = findColumn(here, scope);
    if (there.table?.toLowerCase() !== alias || here.table?.toLowerCase() === alias) return null;
    return from?.nulls === "never" && from.base ? { from: from.base, by: here.table, to: there.name } : null;
  });
  const [first] = pairs;
  if (!table || !first) return false;
  return scope.known
    .facts(first.from.table.name)
    .references.some(
      ({ table: target, columns, targets }) =>
        target === table.name &&
        columns.length === pairs.length &&
        pairs.every(
          (pair) =>
            pair?.by === first.by &&
            pair?.from.table === first.from.table &&
            targets[columns.indexOf(pair.from.column.name)] === pair.to,
        ),
    );
}
