import { type Column, cellOf, type Row } from "../chart/chart-rows.ts";
import { compareNumbers, sumNumbers } from "./decimals.ts";
import type { AnswerTable } from "./read-tables.ts";

/** By which column rows are ordered, and which way. */
export interface RowOrder {
  readonly column: string;
  readonly isDescending: boolean;
}

/** Rows in an order: numbers by their value, exact; texts as a dictionary has them; nothing at the end, either way. */
export function orderRows(
  rows: readonly Row[],
  columns: readonly Column[],
  order: RowOrder | null,
): readonly Row[] {
  const column = columns.find(({ name }) => name === order?.column);
  if (!order || !column) return rows;
  const compare = isNumeric(column) ? compareNumbers : compareTexts;
  const sign = order.isDescending ? -1 : 1;
  const isNothing = (value: unknown) => value === null || value === undefined;
  return rows
    .map((row) => ({ row, value: cellOf(row, column.name) }))
    .sort((a, b) => {
      const nothing = Number(isNothing(a.value)) - Number(isNothing(b.value));
      return nothing !== 0 || isNothing(a.value) ? nothing : sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

const collator = new Intl.Collator("en", { numeric: true });
const compareTexts = (a: unknown, b: unknown): number => collator.compare(toText(a), toText(b));
const toText = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

/** Whether a column's values stand right-aligned, by their value. */
export const isNumeric = ({ kind }: Column): boolean => kind === "number" || kind === "decimal";

/** The exact sum of each column that may be added up. Rows of totals must not be among the rows. */
export function sumColumns(
  { columns, rows }: Pick<AnswerTable, "columns" | "rows">,
  isAdditive: (column: string) => boolean,
): Readonly<Record<string, string>> {
  const sums = columns.filter(isNumeric).flatMap(({ name }) => {
    if (!isAdditive(name)) return [];
    const values = rows
      .map((row) => cellOf(row, name))
      .filter((value) => value !== null && value !== undefined);
    const sum = values.length > 0 ? sumNumbers(values) : null;
    return sum === null ? [] : [[name, sum] as const];
  });
  return Object.fromEntries(sums);
}
