import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { type Column, cellOf, labelOf, type Row } from "../chart/chart-rows.ts";
import { formatValue } from "../chart/format-value.ts";
import { isNumeric, orderRows, type RowOrder, sumColumns } from "./order-rows.ts";
import type { AnswerTable } from "./read-tables.ts";
import "./data-table.css";

interface DataTableProps {
  readonly table: AnswerTable;
  /** What it shows, for whoever does not see it. */
  readonly title: string;
  /** Whether a row is a total of others; default: none. */
  readonly isTotal?: (row: Row) => boolean;
  /** Whether the values of a column may be added up; default: none. */
  readonly isAdditive?: (column: string) => boolean;
}

const never = () => false;

/** Pixels; the style sheet says so, too. */
const ROW_HEIGHT = 29;

/** Rows as they came or in an order of their reader, any number of them: those in sight are drawn. */
export function DataTable({ table, title, isTotal = never, isAdditive = never }: DataTableProps) {
  const [order, setOrder] = useState<RowOrder | null>(null);
  const { columns, rows } = table;
  const ordered = useMemo(() => orderRows(rows, columns, order), [rows, columns, order]);
  const sums = useMemo(
    () => sumColumns({ columns, rows: rows.filter((row) => !isTotal(row)) }, isAdditive),
    [columns, rows, isTotal, isAdditive],
  );
  const widths = useMemo(() => measureColumns(columns, rows), [columns, rows]);
  const box = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);

  return (
    // What scrolls must be reached by the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className="data-table" ref={box} tabIndex={0} aria-label={title}>
      <table aria-rowcount={ordered.length + 1}>
        <caption className="hidden-visually">{title}</caption>
        <colgroup>
          <col style={{ width: "4.5em" }} />
          {columns.map(({ name }, index) => (
            <col key={name} style={{ width: `${widths[index]}ch` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className="row-number">
              <span className="hidden-visually">Row</span>
            </th>
            {columns.map((column) => (
              <HeaderCell key={column.name} column={column} order={order} onOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Gap height={before} columns={columns.length + 1} />}
          {items.map(({ index }) => {
            const row = ordered[index];
            return (
              row && <BodyRow key={index} row={row} index={index} columns={columns} isTotal={isTotal(row)} />
            );
          })}
          {after > 0 && <Gap height={after} columns={columns.length + 1} />}
        </tbody>
        {Object.keys(sums).length > 0 && (
          <tfoot>
            <tr>
              <th scope="row" className="row-number" title="Sum of the rows shown">
                Σ<span className="hidden-visually"> Sum of the rows shown</span>
              </th>
              {columns.map(({ name }) => (
                <td key={name} className="is-number">
                  {sums[name] === undefined ? "" : formatValue(sums[name], "decimal")}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

interface HeaderCellProps {
  readonly column: Column;
  readonly order: RowOrder | null;
  readonly onOrder: (order: RowOrder | null) => void;
}

/** Ascending, descending, as it came: a click each. */
function HeaderCell({ column, order, onOrder }: HeaderCellProps) {
  const { name } = column;
  const own = order?.column === name ? order : null;
  const next = !own
    ? { column: name, isDescending: false }
    : own.isDescending
      ? null
      : { ...own, isDescending: true };
  return (
    <th
      scope="col"
      className={isNumeric(column) ? "is-number" : undefined}
      aria-sort={own ? (own.isDescending ? "descending" : "ascending") : undefined}
    >
      <button type="button" title={name} onClick={() => onOrder(next)}>
        {labelOf(name)}
        <span aria-hidden="true" className="order-mark">
          {own ? (own.isDescending ? "▼" : "▲") : ""}
        </span>
      </button>
    </th>
  );
}

interface BodyRowProps {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly isTotal: boolean;
}

function BodyRow({ row, index, columns, isTotal }: BodyRowProps) {
  return (
    <tr aria-rowindex={index + 2} className={isTotal ? "is-total" : undefined}>
      <th scope="row" className="row-number">
        {isTotal ? (
          <span title="Total of other rows">
            Σ<span className="hidden-visually"> Total of other rows</span>
          </span>
        ) : (
          index + 1
        )}
      </th>
      {columns.map((column) => {
        const value = cellOf(row, column.name);
        return (
          <td
            key={column.name}
            className={isNumeric(column) ? "is-number" : value === null ? "is-nothing" : undefined}
            title={isLong(value) ? textOf(value) : undefined}
          >
            {isListOfNames(value) ? value.join(", ") : formatValue(value, column.kind)}
          </td>
        );
      })}
    </tr>
  );
}

const Gap = ({ height, columns }: { readonly height: number; readonly columns: number }) => (
  <tr style={{ height }}>
    <td colSpan={columns} />
  </tr>
);

const textOf = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value).slice(0, 2000) : String(value);
const isLong = (value: unknown): boolean => typeof value === "object" || String(value).length > 24;
const isListOfNames = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.every((item) => item === null || typeof item !== "object");

const NARROWEST = 7;
const WIDEST = 40;

/** Widths in characters, by all rows: what scrolls into sight later moves nothing. */
const measureColumns = (columns: readonly Column[], rows: readonly Row[]): readonly number[] =>
  columns.map((column) => {
    let widest = labelOf(column.name).length + 3;
    for (const row of rows) {
      const value = cellOf(row, column.name);
      if (value === null || value === undefined) continue;
      const text = isListOfNames(value) ? value.join(", ") : formatValue(value, column.kind);
      if (text.length > widest) widest = text.length;
    }
    return Math.min(Math.max(widest + 3, NARROWEST), WIDEST);
  });
