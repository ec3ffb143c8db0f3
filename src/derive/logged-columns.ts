import type { Instance, Value } from "./block.ts";
import type { CatalogueTable } from "./catalogue.ts";
import type { Expr } from "./sql-tree.ts";
import { isLoggable } from "./value-types.ts";

/** Columns that a capture trigger logs of every row, whatever is declared. */
export const keysOf = (table: CatalogueTable): ReadonlySet<string> =>
  new Set([...table.primaryKey, ...table.foreignKeys.flat()]);

/** What it costs to know a column of a row that changed: nothing, a key to declare, or null when it cannot be logged. */
export function costOfLogging(instance: Instance, name: string): number | null {
  const column = instance.table?.columns.get(name);
  if (!instance.table || !column) return null;
  if (computeFromKeys(instance, name) !== null) return 0;
  if (!isLoggable(column)) return null;
  return keysOf(instance.table).has(name) ? 0 : 0.2;
}

/** A generated column as a sum of keys; null when it is something else. */
export function computeFromKeys(instance: Instance, name: string): Value | null {
  const generation = instance.table?.columns.get(name)?.generation;
  return generation ? toSum(generation, instance) : null;
}

function toSum(expr: Expr, instance: Instance): Value | null {
  if (expr.kind === "literal") return /^\d+$/.test(expr.text) ? { kind: "constant", text: expr.text } : null;
  if (expr.kind === "column") {
    const { table } = instance;
    const column = table?.columns.get(expr.name);
    const isWhole =
      column !== undefined && /int$/.test(column.dataType) && !/unsigned/.test(column.columnType);
    return table && isWhole && keysOf(table).has(expr.name)
      ? { kind: "column", instance, column: expr.name }
      : null;
  }
  if (expr.kind !== "operator" || !/^[-+*]$/.test(expr.name) || expr.args.length !== 2) return null;
  const [left, right] = expr.args.map((arg) => toSum(arg, instance));
  if (!left || !right) return null;
  return {
    kind: "made",
    name: expr.name,
    args: [left, right],
    parts: ["(", left, ` ${expr.name} `, right, ")"],
  };
}
