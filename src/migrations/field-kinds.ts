import type { BaseColumn, Known } from "../derive/column-scope.ts";
import type { Leaf } from "../derive/json-shape.ts";
import type { ServerType } from "../derive/read-shapes.ts";

import { reasonOf, type Shown } from "./shown-columns.ts";

export type ScalarKind =
  | "int"
  | "bigint"
  | "decimal"
  | "string"
  | "boolean"
  | "enumeration"
  | "date"
  | "dateTime";

/** What a value is in a document. */
export interface FoundKind {
  readonly kind: ScalarKind;
  /** Digits after the point of a decimal. */
  readonly scale: number;
  /** The texts of a closed set. */
  readonly texts: readonly string[];
  /** What a view makes of the column for it. */
  readonly shown: Shown;
  /** What only a person knows; null: it is clear. */
  readonly decide: string | null;
}

/** A value that a document cannot show as it is, and why. */
export interface NoKind {
  readonly reason: string;
}

/** MongoDB's Decimal128 has no more. */
const MOST_DIGITS = 34;

/** What a value is in a document, or why that is a person's choice. `isPart`: it stands in JSON. */
export function toKind(leaf: Leaf, type: ServerType, known: Known, isPart: boolean): FoundKind | NoKind {
  const found = (kind: ScalarKind, more: Partial<FoundKind> = {}): FoundKind => ({
    ...{ kind, scale: 0, texts: [], shown: "asIs", decide: null },
    ...more,
  });
  if (leaf.truth === "stored" && isPart)
    return { reason: "true or false of a view, which JSON may show as a number; cast it to int in the view" };
  if (leaf.truth !== "no") return found("boolean");
  if (isPart && leaf.moment) return found(leaf.moment);
  const texts = textsOf(leaf.base, known);
  if (texts.length > 0) return found("enumeration", { texts, decide: "say what each value means" });
  const number = toNumber(leaf, type, isPart);
  if (number) return "reason" in number ? number : found(number.kind, number);
  if (textTypes.test(type.dataType)) return found("string");
  if (type.dataType === "date") return found("date");
  const other = toOther(type, isPart);
  if (other) return "reason" in other ? other : found(other.kind, other);
  if (!/^(datetime|timestamp)$/.test(type.dataType))
    return { reason: `${type.dataType} has no exact form in a document; convert it in the view` };
  const isFiner = type.timeDigits > 3;
  return isFiner && isPart
    ? found("string", {
        decide: "finer than a millisecond: cast it to datetime(3) in the view, for a dateTime",
      })
    : found("dateTime", { shown: isFiner ? "milliseconds" : "asIs" });
}

/** Of these the server gives a text. */
const textTypes = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set|time|uuid|inet4|inet6)$/;

/** What has no form of its own in documents: bits as truth or a number, bytes in base64, a geometry as GeoJSON. */
function toOther({ dataType, precision }: ServerType, isPart: boolean): PartOfKind | NoKind | undefined {
  const found = toOtherKind(dataType, precision);
  // What a view has put into JSON nobody writes anew.
  if (!found || !isPart || found.shown === undefined) return found;
  return { reason: `${dataType}, which is ${reasonOf[found.shown]} in the view` };
}

type PartOfKind = Pick<FoundKind, "kind"> & Partial<FoundKind>;

function toOtherKind(
  dataType: string,
  bits: number,
): (PartOfKind & { readonly shown?: Exclude<Shown, "asIs"> }) | undefined {
  if (dataType === "year") return { kind: "int" };
  if (dataType === "bit") {
    if (bits === 1) return { kind: "boolean", shown: "number" };
    if (bits > 63) return { kind: "decimal", scale: 0, shown: "unsigned" };
    return { kind: bits > 31 ? "bigint" : "int", shown: "number" };
  }
  if (/^(?:tiny|medium|long)?blob$|^(?:var)?binary$/.test(dataType))
    return { kind: "string", shown: "base64" };
  if (geometries.test(dataType)) return { kind: "string", shown: "geojson" };
  return undefined;
}

const geometries =
  /^(?:geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection)$/;

/** Undefined for what is no number. */
function toNumber(
  { base }: Leaf,
  { dataType, columnType, precision, scale }: ServerType,
  isPart: boolean,
): (Pick<FoundKind, "kind"> & Partial<FoundKind>) | NoKind | undefined {
  if (/zerofill/.test(columnType)) return { reason: "zerofill; show it as a number or as a text" };
  if (dataType === "decimal" && base !== null && precision > MOST_DIGITS)
    return isPart
      ? { reason: `a decimal of over ${MOST_DIGITS} digits; cast it to a shorter one, or to a text` }
      : { kind: "string", shown: "text", decide: `a decimal of over ${MOST_DIGITS} digits, as a text` };
  if (dataType === "decimal" && base === null && scale === 0)
    return {
      kind: "decimal",
      scale,
      decide: "a sum of whole numbers: an int or a bigint, when it fits into one",
    };
  if (dataType === "decimal") return { kind: "decimal", scale };
  if (columnType.startsWith("tinyint(1)"))
    return { kind: "int", decide: "tinyint(1): a boolean, when it holds nothing but 0 and 1" };
  if (/^(tinyint|smallint|mediumint)$/.test(dataType)) return { kind: "int" };
  const isUnsigned = /unsigned/.test(columnType);
  if (dataType === "int") return { kind: isUnsigned ? "bigint" : "int" };
  if (dataType !== "bigint") return undefined;
  if (isUnsigned && base !== null && isKey(base))
    return {
      kind: "bigint",
      decide:
        'bigint unsigned: a row with more than 9223372036854775807 is no document; as a decimal of scale 0 in key: ["…"] it is one',
    };
  if (isUnsigned) return { kind: "decimal", scale: 0 };
  return { kind: "bigint", decide: base === null ? "computed: an int, when it fits into 32 bits" : null };
}

/** Whether a column names a row, of its own table or of another. */
const isKey = ({ table, column }: BaseColumn): boolean =>
  [table.primaryKey, ...table.foreignKeys].some((key) => key.includes(column.name));

/** The closed set of a column: of an enum, or of a check constraint that compares each letter. */
function textsOf(base: BaseColumn | null, known: Known): readonly string[] {
  if (base === null) return [];
  const { table, column } = base;
  const isExact = column.dataType === "enum" || column.collation?.endsWith("_nopad_bin");
  return isExact ? (known.facts(table.name).sets.get(column.name) ?? []) : [];
}
