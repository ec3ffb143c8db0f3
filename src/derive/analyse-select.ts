import { addConditions } from "./analyse-condition.ts";
import { addFrom } from "./analyse-from.ts";
import type { Analysis, Env, Grouping, Outputs, Place, Scope } from "./analysis.ts";
import { addBlock, type Block, opaque, type Value } from "./block.ts";
import { passDistinct } from "./grouping.ts";
import { type Expr, isQuery, type Order, type Part, type Select } from "./sql-tree.ts";

/** Adds the rows of a select to a block, and gives its columns. */
export function analyseSelect(
  select: Select,
  orderBy: readonly Order[],
  place: Place,
  analysis: Analysis,
): Outputs {
  const { rules } = analysis;
  const isOneRow = select.groupBy.length === 0 && hasAggregate(select, orderBy);
  const block = isOneRow && rules.aggregateIsAlwaysThere ? addBlock(place.block, "query") : place.block;
  const env = addRows(select, block, place.scope, analysis);
  if (place.ordered) for (const { expr } of orderBy) analysis.expression(toItem(expr, select), env);
  const known = new Map<number, Value>();
  const value = (index: number): Value => {
    const found = known.get(index);
    if (found) return found;
    const item = select.items[index];
    const raw = item ? analysis.expression(item.expr, env) : opaque;
    const made = select.distinct ? passDistinct(raw, rules) : raw;
    known.set(index, made);
    return made;
  };
  if (select.distinct && rules.distinctCountsAll) for (const index of select.items.keys()) value(index);
  return { names: select.items.map((item) => item.name ?? nameOf(item.expr)), value };
}

const nameOf = (expr: Expr): string | null => (expr.kind === "column" ? expr.name : null);

/** FROM, WHERE, GROUP BY and HAVING of a select: also of its copy, for what looks at other rows. */
export function addRows(select: Select, block: Block, outer: Scope | null, analysis: Analysis): Env {
  const from = analysis.next();
  const scope: Scope = { relations: new Map(), tables: new Map(), outer };
  const rows: Env = { block, scope, select, group: null };
  if (select.from !== null) addFrom(select.from, rows, analysis);
  if (select.where !== null) addConditions(select.where, rows, analysis);
  const keys = select.groupBy.map((expr) => analysis.expression(toItem(expr, select), rows));
  const isGrouped = keys.length > 0 || hasAggregate(select, []);
  const group: Grouping | null = isGrouped ? { keys, from } : null;
  const env: Env = { ...rows, group };
  if (select.having !== null) analysis.expression(select.having, env);
  return env;
}

/** `group by 1`, `order by 1`: the select's first column. */
function toItem(expr: Expr, select: Select): Expr {
  const index = expr.kind === "literal" && /^\d+$/.test(expr.text) ? Number(expr.text) - 1 : -1;
  return select.items[index]?.expr ?? expr;
}

function hasAggregate(select: Select, orderBy: readonly Order[]): boolean {
  const has = (part: Part): boolean => {
    if (typeof part === "string" || isQuery(part)) return false;
    if (part.kind === "call" && part.aggregate) return true;
    return part.parts.some(has);
  };
  const all = [...select.items.map((item) => item.expr), ...orderBy.map((one) => one.expr)];
  return [...all, ...(select.having === null ? [] : [select.having])].some(has);
}
