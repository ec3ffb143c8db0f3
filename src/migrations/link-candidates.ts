import type { BaseColumn, Known } from "../derive/column-scope.ts";
import { type DocumentModel, keyFieldOf } from "../models/model.ts";

/** The table and the column that a foreign key of a single column names. */
export function readLink(
  { table, column }: BaseColumn,
  known: Known,
): { readonly table: string; readonly column: string } | null {
  for (const { columns, table: target, targets } of known.facts(table.name).references)
    if (columns.length === 1 && columns[0] === column.name)
      return { table: target, column: targets[0] ?? "" };
  return null;
}

/** Models that a field of such a kind may lead to: their key is called as what it refers to. */
export const findLinkTargets = (
  models: readonly DocumentModel[],
  kind: string,
  column: string,
): readonly string[] =>
  models
    .filter((model) => model.columns[model.key] === column && keyFieldOf(model).kind === kind)
    .map((model) => model.name);
