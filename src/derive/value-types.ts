import { type Block, columnOf, columnsOf, type Value } from "./block.ts";
import type { CatalogueColumn } from "./catalogue.ts";
import { isNumeric, isPlain } from "./functions.ts";

const integers = /^(?:tinyint|smallint|mediumint|int|bigint)$/;

const isText = (column: CatalogueColumn): boolean =>
  /^(?:char|varchar|tinytext|text|mediumtext|longtext)$/.test(column.dataType);

/** Whether equal values of a column always print the same: they do not in most collations, nor as fractions. */
function isExact(column: CatalogueColumn): boolean {
  if (isText(column)) return column.collation?.endsWith("_nopad_bin") ?? false;
  if (integers.test(column.dataType)) return !/zerofill/.test(column.columnType);
  return /^(?:decimal|date|datetime|year|uuid|inet4|inet6)$/.test(column.dataType);
}

/** Whether equal values of two columns print the same. */
export function printEqual(one: CatalogueColumn, other: CatalogueColumn): boolean {
  if (!isExact(one) || !isExact(other)) return false;
  if (integers.test(one.dataType)) return integers.test(other.dataType);
  if (isText(one)) return isText(other) && one.collation === other.collation;
  return one.dataType === other.dataType && one.scale === other.scale;
}

/** Whether equal values of an expression are the same: what is grouped by it may be linked by it. */
export function isExactValue(value: Value): boolean {
  if (value.kind === "constant") return true;
  if (value.kind === "column") {
    const column = columnOf(value);
    return column !== null && isExact(column);
  }
  return value.kind === "made" && (isExactMade(value.name) || isWholeNumber(value));
}

/** What is cast to a day, or compared by each letter, is the same when it is equal. */
const isExactMade = (name: string): boolean => /^cast date$|^collate .*_nopad_bin$/.test(name);

/** Whether an expression is a whole number, made of whole numbers and dates. */
function isWholeNumber(value: Value): boolean {
  if (value.kind === "constant") return /^-?\d+$/.test(value.text);
  if (value.kind === "column") return integers.test(columnOf(value)?.dataType ?? "");
  if (value.kind !== "made" || !isNumeric(value.name) || !isPlain(value.name)) return false;
  if (/^[-+*%&|^~]$|^<<$|^>>$|^(?:abs|mod|sign|floor|ceiling)$/.test(value.name))
    return value.args.every(isWholeNumber);
  return columnsOf(value)?.every((one) => columnOf(one) !== null) ?? false;
}

/** Whether a value may be null in a row of the block. */
export function mayBeNull(value: Value, block: Block): boolean {
  if (value.kind === "constant") return /^null$/i.test(value.text);
  if (value.kind !== "column") return true;
  if (columnOf(value)?.nullable !== false) return true;
  for (let one: Block | null = block; one !== null; one = one.parent)
    if (one === value.instance.block) return false;
  return true;
}

/** Whether a change table holds the column's values so that they compare and print as the column's do. */
export const isLoggable = (column: CatalogueColumn): boolean =>
  !column.isPeriod &&
  (integers.test(column.dataType) ||
    /^(?:decimal|date|datetime|timestamp|year|uuid|inet4|inet6|binary|varbinary)$/.test(column.dataType) ||
    // An enum is logged as its text.
    ((isText(column) || column.dataType === "enum") &&
      column.charset !== null &&
      column.collation !== null &&
      !isJson(column)));

/** Whether equal values of it print the same in every session, as an id must. */
export const isPrintable = (column: CatalogueColumn): boolean =>
  isLoggable(column) && !/^(?:timestamp|binary|varbinary)$/.test(column.dataType);

const isJson = (column: CatalogueColumn): boolean => column.dataType === "longtext";

/**
 * Whether a condition may link rows: it is a function of its columns in every session, and means the same when
 * the columns of one side are read from a log, where a text has the collation of its column as if it were written
 * beside it.
 */
export function isSafe(value: Value): boolean {
  const collations = new Set<string>();
  let isSure = true;
  const visit = (one: Value): void => {
    if (one.kind === "opaque") isSure = false;
    if (one.kind === "column") {
      const column = columnOf(one);
      // Constant rows have no column in the catalogue, and are compared as they are.
      if (column?.collation) collations.add(column.collation);
      if (column === null) isSure = false;
    }
    if (one.kind !== "made") return;
    if (!isPlain(one.name)) isSure = false;
    const explicit = /^collate (.*)$/.exec(one.name)?.[1];
    if (explicit !== undefined) collations.add(explicit);
    one.args.forEach(visit);
  };
  visit(value);
  if (!isSure || collations.size > 1) return false;
  return collations.size === 1 || isFreeOfText(value);
}

/** Without a collation among its columns, text would compare as the session says. */
function isFreeOfText(value: Value): boolean {
  if (value.kind === "column") return true;
  if (value.kind === "constant") return true;
  return value.kind === "made" && isNumeric(value.name) && value.args.every(isFreeOfText);
}
