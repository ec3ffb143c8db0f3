import type { Fields, ScalarField } from "../models/field.ts";
import type { Document } from "../models/model.ts";
import { type StoredField, storedFields } from "../stores/conversion/stored-fields.ts";

/** relaxed, canonical: MongoDB Extended JSON v2, for `mongoimport`. */
export type ExtendedJson = "relaxed" | "canonical";

/**
 * plain: numbers of every kind as JSON numbers with all their digits, dates and moments as ISO texts; shown: the same, but
 * decimals and big integers as texts, as GraphQL shows them.
 */
export type JsonForm = ExtendedJson | "plain" | "shown";

type Encode = (value: unknown) => string;

/**
 * Compiles the encoder of documents with these fields: JSON text without line breaks. As Extended JSON every value reads
 * back as the BSON type that the mirror stores (models/field.ts). Relaxed differs from the specification in one
 * place: 64-bit integers stay `$numberLong`, because as plain numbers they would come back as another type.
 * Closures by field, since asking the model anew for each value took longer than reading the documents (measured).
 */
export function compileEncoder(fields: Fields, form: JsonForm): (document: Document) => string {
  const members = storedFields(fields).map(([name, field], index) => ({
    name,
    key: `${index === 0 ? "" : ","}${JSON.stringify(name)}:`,
    encode: compileValue(field, form),
  }));
  return (document) => {
    let text = "{";
    for (const { name, key, encode } of members) text += key + orNull(encode, document[name]);
    return `${text}}`;
  };
}

const orNull = (encode: Encode, value: unknown): string =>
  value === null || value === undefined ? "null" : encode(value);

function compileValue(field: StoredField, form: JsonForm): Encode {
  switch (field.kind) {
    case "object": {
      const encode = compileEncoder(field.fields, form);
      return (value) => encode(value as Document); // stores give canonical documents
    }
    case "list": {
      const encode = compileValue(field.item, form);
      return (value) => {
        let text = "";
        // Stores give canonical documents.
        for (const item of value as readonly unknown[])
          text += (text === "" ? "" : ",") + orNull(encode, item);
        return `[${text}]`;
      };
    }
    default:
      return compileScalar(field, form);
  }
}

/** Compiles the encoder of a scalar that is not null: of a key as `_id` too. */
export function compileScalar(field: ScalarField, form: JsonForm): Encode {
  // Texts of digits as they are: no number of JavaScript ever holds them.
  if (form === "shown") return JSON.stringify;
  if (form === "plain") return isNumeric(field) ? String : JSON.stringify;
  switch (field.kind) {
    case "int":
      return form === "canonical" ? (value) => `{"$numberInt":"${value}"}` : String;
    case "bigint":
      return (value) => `{"$numberLong":"${value}"}`;
    case "decimal":
      return (value) => `{"$numberDecimal":"${value}"}`;
    case "date":
      return form === "canonical"
        ? (value) => encodeMilliseconds(`${value}T00:00:00.000Z`)
        : (value) => encodeRelaxed(`${value}T00:00:00.000Z`);
    case "dateTime":
      return form === "canonical"
        ? (value) => encodeMilliseconds(String(value))
        : (value) => encodeRelaxed(String(value));
    case "boolean":
    case "enumeration":
    case "string":
      return JSON.stringify;
  }
}

/** Whether the values are numbers, whatever JavaScript holds them in. */
export const isNumeric = ({ kind }: StoredField): boolean =>
  kind === "int" || kind === "bigint" || kind === "decimal";

const encodeMilliseconds = (moment: string): string => `{"$date":{"$numberLong":"${Date.parse(moment)}"}}`;

/** Text for the years 1970 to 9999, which sort as they are written; milliseconds outside them. */
const encodeRelaxed = (moment: string): string =>
  moment < "1970"
    ? encodeMilliseconds(moment)
    : `{"$date":"${moment.endsWith(".000Z") ? `${moment.slice(0, -5)}Z` : moment}"}`;
