import { type Column, cellOf, labelOf, type Row, type Unit, type Units, unitOf } from "./chart-rows.ts";
import { formatValue } from "./format-value.ts";

export interface FiguresProps {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly units: Units;
  readonly variables: Row;
}

/** Rows of a picture at most; whatever has more is for GraphiQL's table or a file. */
const MOST_ROWS = 500;

/** The figures behind a chart, each exact and with its unit. */
export function FiguresTable({ title, rows, columns, units, variables }: FiguresProps) {
  return (
    // A table that scrolls must be reached by the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className="figures-table" tabIndex={0} aria-label={`${title}: figures`}>
      <table>
        <caption className="hidden-visually">{title}</caption>
        <thead>
          <tr>
            {columns.map(({ name, kind }) => (
              <th key={name} scope="col" className={classOf(kind, units[name])}>
                {labelOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, index) => (
            // Rows have no key of their own: they are shown as they came.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index}>
              {columns.map(({ name, kind }) => (
                <td key={name} className={classOf(kind, units[name])}>
                  <Figure value={cellOf(row, name)} kind={kind} unit={unitOf(units[name], row, variables)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p className="figures-more">
          The first {MOST_ROWS} of {rows.length} rows.
        </p>
      )}
    </section>
  );
}

interface FigureProps {
  readonly value: unknown;
  readonly kind: Column["kind"];
  readonly unit: string;
}

/** A value, and the unit of a number. */
export function Figure({ value, kind, unit }: FigureProps) {
  const hasUnit = unit !== "" && value !== null && value !== undefined;
  // A unit that is the column before it needs not be read twice, but a number never stands alone.
  return (
    <>
      {formatValue(value, kind)}
      {hasUnit && <span className="unit">{`\u00a0${unit}`}</span>}
    </>
  );
}

/** A number that is a name, as of a product, stands like one. */
const classOf = (kind: Column["kind"], unit: Unit | undefined) =>
  isNumber(kind) && unit !== null ? "is-number" : undefined;

export const isNumber = (kind: Column["kind"]): boolean => kind === "number" || kind === "decimal";
