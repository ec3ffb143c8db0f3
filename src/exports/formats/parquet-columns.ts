import type { SchemaElement } from "hyparquet";
import { VitrineError } from "../../errors.ts";
import type { DecimalField } from "../../models/field.ts";
import { type Document, toColumnName } from "../../models/model.ts";
import { type StoredField, storedFields } from "../../stores/conversion/stored-fields.ts";
import { type ColumnWidths, toDigits } from "../define-table.ts";
import type { Rows } from "./format.ts";

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** It holds the JSON text of a list or an object. */
  readonly isJson: boolean;
  /** It holds texts, and is not the key. */
  readonly isText: boolean;
  /**
   * What the writer takes for a value that is not null.
   * @throws VitrineError EXPORT_FAILED for a decimal of more digits than the column has
   */
  toValue(value: unknown, document: Document): unknown;
}

type Type = Omit<SchemaElement, "name" | "repetition_type">;
type ToValue = (value: unknown) => unknown;

/** The columns of a model's file, in the order of its fields. */
export const compileColumns = (model: Rows, widths: ColumnWidths): readonly ParquetColumn[] =>
  storedFields(model.fields).map(([name, field]) => {
    const width = widths.get(toColumnName(name)) ?? {};
    const digits = field.kind === "decimal" ? digitsOf(toDigits(width, field.scale)) : MOST_DIGITS;
    const repetition_type = field.nullable ? "OPTIONAL" : "REQUIRED";
    const convert = toConverter(field, digits);
    return {
      name,
      element: { name, ...toType(field, digits), repetition_type },
      isJson: field.kind === "list" || field.kind === "object",
      isText: toType(field, digits) === text && name !== model.key,
      toValue: (value, document) => convert(value) ?? refuseDigits(model, name, digits, document),
    };
  });

/** DuckDB and Arrow read no more. */
const MOST_DIGITS = 38;
/** As many as always fit into 64 bits. They are written six times as fast as wider ones (measured). */
const SHORT_DIGITS = 18;

/** Two widths only, so that a view whose sums get a digit more makes no other files. */
const digitsOf = (digits: number = MOST_DIGITS): number =>
  digits <= SHORT_DIGITS ? SHORT_DIGITS : MOST_DIGITS;

const text: Type = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };
const moment = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } as const;

function toType(field: StoredField, digits: number): Type {
  switch (field.kind) {
    case "int":
      return { type: "INT32" };
    case "bigint":
      return { type: "INT64" };
    case "decimal":
      return toDecimalType(field, digits);
    case "boolean":
      return { type: "BOOLEAN" };
    case "date":
      return { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } };
    case "dateTime":
      return { type: "INT64", converted_type: "TIMESTAMP_MILLIS", logical_type: moment };
    case "string":
    case "enumeration":
    case "list":
    case "object":
      return text;
  }
}

function toDecimalType({ scale }: DecimalField, precision: number): Type {
  const decimal = { precision, scale };
  return {
    ...(precision <= SHORT_DIGITS
      ? ({ type: "INT64" } as const)
      : ({ type: "FIXED_LEN_BYTE_ARRAY", type_length: 16 } as const)),
    converted_type: "DECIMAL",
    logical_type: { type: "DECIMAL", ...decimal },
    ...decimal,
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** From canonical values; undefined for a decimal that has too many digits. */
function toConverter(field: StoredField, digits: number): ToValue {
  switch (field.kind) {
    case "bigint":
      return (value) => BigInt(value as string); // canonical: a text of digits
    case "decimal": {
      const limit = 10n ** BigInt(digits);
      return remember((value) => {
        const unscaled = BigInt((value as string).replace(".", "")); // canonical: all digits of its scale
        return unscaled < limit && unscaled > -limit ? unscaled : undefined;
      });
    }
    case "date":
      return remember((value) => Date.parse(`${value}T00:00:00.000Z`) / DAY_MS);
    case "dateTime":
      return (value) => BigInt(Date.parse(value as string)); // canonical: ISO text
    case "list":
    case "object":
      return JSON.stringify;
    case "int":
    case "boolean":
    case "string":
    case "enumeration":
      return (value) => value;
  }
}

/** Values that a column remembers. */
const REMEMBERED = 2000;

/** Days and amounts recur: to look one up costs a third of making it anew (measured). */
function remember(convert: ToValue): ToValue {
  const known = new Map<unknown, unknown>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const made = convert(value);
    if (known.size < REMEMBERED) known.set(value, made);
    return made;
  };
}

function refuseDigits({ name, key }: Rows, field: string, digits: number, document: Document): never {
  throw new VitrineError(
    "EXPORT_FAILED",
    `${name} ${document[key]}: ${field} has more than the ${digits} digits that its view had room for when the export began. Export again.`,
  );
}
