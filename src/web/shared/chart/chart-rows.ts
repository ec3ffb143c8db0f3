/** What kind of value a column of rows has; decimals and large integers come as text. */
export type ColumnKind = "number" | "decimal" | "text" | "date" | "dateTime" | "boolean" | "list";

/** A column of rows, flattened: `productDocument.name`. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A row as GraphQL answers it: objects within objects. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * What the numbers of a column are of: a text (`USD`), the column or the variable that tells it for each row, or null for a
 * number that is a name (of a product, of a year).
 */
export type Unit = string | { readonly column: string } | { readonly variable: string } | null;
export type Units = Readonly<Record<string, Unit>>;

/** The value of a flattened column; undefined when an object on the way is not there. */
export function cellOf(row: Row, name: string): unknown {
  let value: unknown = row;
  for (const part of name.split("."))
    value = typeof value === "object" && value !== null ? (value as Row)[part] : undefined;
  return value;
}

/** The unit of a row's number: its text; "" when the number is a name, or nothing tells. */
export function unitOf(unit: Unit | undefined, row: Row, variables: Row): string {
  if (unit === undefined || unit === null) return "";
  if (typeof unit === "string") return unit;
  const value = "column" in unit ? cellOf(row, unit.column) : cellOf(variables, unit.variable);
  return value === undefined || value === null ? "" : String(value);
}

/** `SalesOfAState` as its words. */
export const splitWords = (name: string): readonly string[] =>
  name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);

/** `productDocument.name` as people read it: `Product document name`; no word twice (`design.designName`: `Design name`). */
export function labelOf(name: string): string {
  const words = splitWords(name)
    .join(" ")
    .replaceAll(".", " ")
    .toLowerCase()
    .replace(/\b(\w+)( \1)+\b/g, "$1");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Rows for a picture: texts of decimals and large integers become numbers, as precise as pixels need; the rows themselves
 * stay exact, and each keeps its place in `row` of the copy, so that a tooltip finds it.
 */
export function toPlottedRows(rows: readonly Row[], columns: readonly Column[]): Record<string, unknown>[] {
  const numbers = columns.filter(({ kind }) => kind === "decimal").map(({ name }) => name.split("."));
  return rows.map((row, index) => {
    const copy = structuredClone(row) as Record<string, unknown>;
    for (const path of numbers) {
      let holder: unknown = copy;
      for (const part of path.slice(0, -1)) holder = (holder as Record<string, unknown> | null)?.[part];
      const last = path.at(-1) ?? "";
      const object = holder as Record<string, unknown> | null | undefined;
      if (object && typeof object[last] === "string") object[last] = Number(object[last]);
    }
    copy[ROW_NUMBER] = index;
    return copy;
  });
}

/** Where a plotted row keeps its place among the rows. */
export const ROW_NUMBER = "__row";

/** The chart that stands beside an operation: its Vega-Lite spec, and where and what the rows are that it shows. */
export interface ExampleChart {
  readonly spec: Readonly<Record<string, unknown>>;
  /** From the whole answer on: `["data", "sales"]`. */
  readonly rows: readonly string[];
  readonly columns: readonly Column[];
  readonly units: Units;
}
