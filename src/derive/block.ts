import type { CatalogueColumn, CatalogueTable } from "./catalogue.ts";
import type { Query } from "./sql-tree.ts";

/**
 * Rows that stand together: what is inner-joined is one block; what may be missing (the right side of a left join,
 * a sub-query, an aggregate, the rows a window or a limit looks at) is a block beneath it. A document depends on
 * the combinations of one row per instance along nested blocks for which the conditions of these blocks hold.
 */
export interface Block {
  readonly kind: "rows" | "left" | "query";
  parent: Block | null;
  children: Block[];
  instances: Instance[];
  conditions: Value[];
}

/** One use of a table in a view, or rows that no table holds. */
export interface Instance {
  readonly table: CatalogueTable | null;
  /** Of constant rows: their query, or the view that is it. */
  readonly constant: Query | string | null;
  readonly alias: string;
  /** Later ones have larger numbers: what a select reads came after what stands around it. */
  readonly order: number;
  block: Block;
  /** Columns on which the document depends. */
  readonly used: Set<string>;
}

/** What an expression says of the rows of a combination. */
export type Value =
  | { readonly kind: "column"; readonly instance: Instance; readonly column: string }
  | { readonly kind: "constant"; readonly text: string }
  | {
      readonly kind: "made";
      readonly name: string;
      readonly args: readonly Value[];
      readonly parts: readonly (string | Value)[];
    }
  /** It is not of single rows: an aggregate, a sub-query, a row that speaks for others. */
  | { readonly kind: "opaque" };

export const opaque: Value = { kind: "opaque" };

/** Begins a block beneath another. */
export function addBlock(parent: Block, kind: Block["kind"]): Block {
  const block: Block = { kind, parent, children: [], instances: [], conditions: [] };
  parent.children.push(block);
  return block;
}

/** An operator between two values. */
export const compare = (name: string, left: Value, right: Value): Value => ({
  kind: "made",
  name,
  args: [left, right],
  parts: ["(", left, ` ${name} `, right, ")"],
});

/** The columns that a value is made of; null when it is, or holds, something opaque. */
export function columnsOf(value: Value): readonly (Value & { readonly kind: "column" })[] | null {
  if (value.kind === "opaque") return null;
  if (value.kind === "column") return [value];
  if (value.kind === "constant") return [];
  const all = value.args.map(columnsOf);
  return all.every((columns) => columns !== null) ? all.flat() : null;
}

/** The instances whose rows a value is made of; null when it holds something opaque. */
export function instancesOf(value: Value): ReadonlySet<Instance> | null {
  const columns = columnsOf(value);
  return columns && new Set(columns.map(({ instance }) => instance));
}

/** The column in the catalogue; null for that of constant rows. */
export const columnOf = (value: Value & { readonly kind: "column" }): CatalogueColumn | null =>
  value.instance.table?.columns.get(value.column) ?? null;

/** Whether two values are the same expression over the same rows. */
export function isSame(one: Value, other: Value): boolean {
  if (one.kind === "column")
    return other.kind === "column" && one.instance === other.instance && one.column === other.column;
  if (one.kind === "constant") return other.kind === "constant" && one.text === other.text;
  if (one.kind !== "made" || other.kind !== "made" || one.parts.length !== other.parts.length) return false;
  return one.parts.every((part, index) => {
    const its = other.parts[index];
    if (typeof part === "string" || typeof its === "string" || its === undefined) return part === its;
    return isSame(part, its);
  });
}

/** The value with its columns replaced. */
export function replaceColumns(
  value: Value,
  replace: (column: Value & { readonly kind: "column" }) => Value,
): Value {
  if (value.kind === "column") return replace(value);
  if (value.kind !== "made") return value;
  // An argument stands among the parts as the same object.
  const replaced = new Map(value.args.map((arg) => [arg, replaceColumns(arg, replace)]));
  return {
    ...value,
    args: value.args.map((arg) => replaced.get(arg) ?? arg),
    parts: value.parts.map((part) => (typeof part === "string" ? part : (replaced.get(part) ?? part))),
  };
}

/** Whether it is the other block, or stands in it. */
export const isWithin = (block: Block, above: Block): boolean =>
  block === above || (block.parent !== null && isWithin(block.parent, above));
