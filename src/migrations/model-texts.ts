import { toColumnName } from "../models/model.ts";
import type { ColumnField, FoundField, Open } from "./model-fields.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";
import { printShown } from "./shown-columns.ts";

/** The rows of another table that belong to a row, as a list of JSON objects. */
export interface ChildList {
  readonly field: FoundField;
  /** The other table. */
  readonly table: string;
  /** The lines of the expression. */
  readonly sql: readonly string[];
}

/**
 * The text of a view that shows the rows of a table, or of another view, under the names of a model's fields, each with
 * the lists that belong to it.
 */
export function printModelView(
  { name, source, lists = [] }: { name: string; source: string; lists?: readonly ChildList[] | undefined },
  fields: readonly ColumnField[],
  open: readonly Open[],
): string {
  const remarks = [
    `purpose: the rows of ${source} as documents`,
    `grain: one row per row of ${source}`,
    `reads: ${[...new Set([source, ...lists.map(({ table }) => table)])].join(", ")}`,
    `model: ${name}`,
    ...open.map(({ name: column, reason }) => `To be decided: ${column}: ${reason}`),
  ];
  const lines = [
    // Names may have line ends.
    ...remarks.map((remark) => `-- ${remark.replaceAll(/\s+/g, " ")}`),
    `create or replace sql security invoker view ${toSqlName(name)} as`,
    "select",
    [
      ...fields.map((one) => `    ${printColumn(one, source)}`),
      ...lists.map(({ field, sql }) =>
        [...sql, `as ${toSqlName(toColumnName(field.name))}`].map((line) => `    ${line}`).join("\n"),
      ),
    ].join(",\n"),
    `from ${toSqlName(source)};`,
  ];
  return `${lines.join("\n")}\n`;
}

function printColumn({ column, field, sql }: ColumnField, source: string): string {
  const own = `${toSqlName(source)}.${toColumnReference(column)}`;
  const named = toColumnName(field.name);
  const alias = ` as ${toSqlName(named)}`;
  if (sql) return `${sql.join("\n    ")}${alias}`;
  const shown = "shown" in field ? field.shown : "asIs";
  if (shown !== "asIs") return `${printShown(shown, own)}${alias}`;
  if (field.kind === "list" && field.mayBeNull) return `coalesce(${own}, json_array())${alias}`;
  return named === column ? own : `${own}${alias}`;
}
