import type { Field, Fields, ListItem, ScalarField } from "../models/field.ts";
import type { Document } from "../models/model.ts";

/** plain: our canonical form. relaxed, canonical: MongoDB Extended JSON v2, for `mongoimport`. */
export type JsonForm = "plain" | "relaxed" | "canonical";

/**
 * One document as JSON text without line breaks. In Extended JSON every value reads back as the BSON
 * type that the mirror stores (models/field.ts). Relaxed differs from the specification in one place:
 * 64-bit integers stay `$numberLong`, because as plain numbers they would come back as another type.
 */
export const encodeDocument = (fields: Fields, document: Document, form: JsonForm): string =>
  form === "plain" ? JSON.stringify(document) : encodeObject(fields, document, form);

function encodeObject(fields: Fields, value: Document, form: JsonForm): string {
  const members = Object.entries(fields).flatMap(([name, field]) =>
    field.kind === "link" ? [] : [`${JSON.stringify(name)}:${encodeValue(field, value[name], form)}`],
  );
  return `{${members.join(",")}}`;
}

function encodeValue(
  field: Exclude<Field, { kind: "link" }> | ListItem,
  value: unknown,
  form: JsonForm,
): string {
  if (value === null || value === undefined) return "null";
  switch (field.kind) {
    case "object":
      return encodeObject(field.fields, value as Document, form); // stores give canonical documents
    case "list": {
      const items = value as readonly unknown[]; // stores give canonical documents
      return `[${items.map((item) => encodeValue(field.item, item, form)).join(",")}]`;
    }
    default:
      return encodeScalar(field, value, form);
  }
}

/** A key as `_id`, in the BSON type of its kind. */
export function encodeScalar(field: ScalarField, value: unknown, form: JsonForm): string {
  switch (field.kind) {
    case "int":
      return form === "canonical" ? `{"$numberInt":"${value}"}` : String(value);
    case "bigint":
      return `{"$numberLong":"${value}"}`;
    case "decimal":
      return `{"$numberDecimal":"${value}"}`;
    case "date":
      return encodeDate(`${value}T00:00:00.000Z`, form);
    case "dateTime":
      return encodeDate(String(value), form);
    case "boolean":
    case "string":
      return JSON.stringify(value);
  }
}

/** Relaxed form has text for the years 1970 to 9999, and milliseconds outside them. */
function encodeDate(moment: string, form: JsonForm): string {
  const time = Date.parse(moment);
  if (form === "canonical" || time < 0) return `{"$date":{"$numberLong":"${time}"}}`;
  return `{"$date":"${moment.replace(".000Z", "Z")}"}`;
}
