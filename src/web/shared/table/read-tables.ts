import type { Column, ColumnKind, Row } from "../chart/chart-rows.ts";

/** A list of an answer as rows; what is nested in a row stays nested, and has a column of its own: `customer.name`. */
export interface AnswerTable {
  /** Where the list is in the answer: `customerOrdersConnection.nodes.orders`. */
  readonly path: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What kind of value stands at a place of the answer (`sales.revenue`); undefined when nothing tells. */
export type KindOf = (path: string) => ColumnKind | undefined;

/**
 * The lists of an answer, the one that is most likely meant first: of a connection its nodes, of one document the first
 * list in it. A list within rows of another is a list of its own, each of its rows with the fields of the row around it.
 */
export function readTables(data: unknown, kindOf: KindOf = () => undefined): readonly AnswerTable[] {
  if (!isRow(data)) return [];
  const tables = Object.entries(data).flatMap(([name, value]) => readRoot(name, value, kindOf));
  const scalars = Object.fromEntries(Object.entries(data).filter(([, value]) => isScalar(value)));
  return Object.keys(scalars).length > 0 ? [...tables, toTable("", [scalars], kindOf)] : tables;
}

function readRoot(name: string, value: unknown, kindOf: KindOf): readonly AnswerTable[] {
  if (Array.isArray(value)) return readList(name, value, kindOf);
  if (!isRow(value)) return [];
  for (const part of ["nodes", "edges"])
    if (Array.isArray(value[part])) return readList(`${name}.${part}`, value[part], kindOf);
  const [whole, ...inner] = readList(name, [value], kindOf);
  // Of one document the list in it is what one wants to see.
  return whole && inner.length > 0 ? [...inner, whole] : whole ? [whole] : [];
}

/** A list, and after it those within its rows, however deep. */
function readList(path: string, items: readonly unknown[], kindOf: KindOf): readonly AnswerTable[] {
  const tables: AnswerTable[] = [];
  const visit = (rows: readonly Row[], at: readonly string[]): void => {
    tables.push(toTable([path, ...at].join("."), rows, kindOf, path));
    // Beside a list that is unwound, others stay cells: their rows would be multiplied.
    for (const list of findLists(rows))
      if (at.every((part, index) => list[index] === part)) visit(unwind(rows, list), list);
  };
  visit(
    items.map((item): Row => (isRow(item) ? item : { value: item })),
    [],
  );
  return tables;
}

/** Places of lists of objects within rows, outer ones only. */
function findLists(rows: readonly Row[]): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const visit = (row: Row, at: readonly string[]): void => {
    for (const [name, value] of Object.entries(row)) {
      const path = [...at, name];
      if (Array.isArray(value)) {
        if (value.some(isRow)) found.set(path.join("."), path);
      } else if (isRow(value)) visit(value, path);
    }
  };
  for (const row of rows) visit(row, []);
  return [...found.values()];
}

/** A row for each item of a list within rows; a row whose list is empty stays, without an item. */
const unwind = (rows: readonly Row[], list: readonly string[]): readonly Row[] =>
  rows.flatMap((row) => {
    const items = valueAt(row, list);
    if (!Array.isArray(items) || items.length === 0) return [setAt(row, list, null)];
    return items.map((item) => setAt(row, list, item));
  });

const valueAt = (row: Row, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, part) => (isRow(value) ? value[part] : undefined), row);

function setAt(row: Row, [first = "", ...rest]: readonly string[], value: unknown): Row {
  const inner = row[first];
  return { ...row, [first]: rest.length === 0 ? value : isRow(inner) ? setAt(inner, rest, value) : inner };
}

/** `root` is the part of the path below which rows begin: what is unwound is a part of them. */
function toTable(path: string, rows: readonly Row[], kindOf: KindOf, root = path): AnswerTable {
  const found = new Map<string, ColumnKind | undefined>();
  const visit = (row: Row, at: string): void => {
    for (const [name, value] of Object.entries(row)) {
      const key = at + name;
      if (isRow(value)) visit(value, `${key}.`);
      else found.set(key, guessKind(value, found.get(key)));
    }
  };
  for (const row of rows) visit(row, "");
  const names = [...found.keys()];
  const columns = names
    // Null where others have an object: what is in the object has columns.
    .filter((name) => !names.some((other) => other.startsWith(`${name}.`)))
    .map((name): Column => {
      const told = kindOf(root === "" ? name : `${root}.${name}`);
      return { name, kind: told ?? found.get(name) ?? "text" };
    });
  return { path, columns, rows };
}

function guessKind(value: unknown, before: ColumnKind | undefined): ColumnKind | undefined {
  if (value === null || value === undefined) return before;
  if (Array.isArray(value)) return "list";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "number" ? "number" : "text";
}

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean => value !== null && typeof value !== "object";
