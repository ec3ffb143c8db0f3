import { KEY_SEPARATOR } from "../../models/composite-key.ts";
import type { ScalarField } from "../../models/field.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import type { FilterValue } from "../document-store.ts";
import { DocumentFault } from "./json-cursor.ts";
import { compileOneOf, toBigInt, toDate, toDateTime, toDecimal, toInt } from "./scalar-text.ts";

/** The fields that an id is made of, in order; undefined where a field is the id. */
export function keyFieldsOf(
  model: Pick<DocumentModel, "fields" | "keyParts">,
): readonly ScalarField[] | undefined {
  // They are scalars (readKey).
  return model.keyParts?.map((name) => model.fields[name] as ScalarField);
}

/**
 * The values that an id of a composite key is made of, in canonical form; undefined for what is no id of the model. Each
 * id has one text: numbers as their digits, dates and moments as in documents, truth as 1 or 0, a text as it is but
 * for `%` and `~`, which are `%25` and `%7E`.
 */
export function splitId(fields: readonly ScalarField[], id: DocumentId): readonly FilterValue[] | undefined {
  const texts = id.split(KEY_SEPARATOR);
  if (texts.length !== fields.length) return undefined;
  try {
    const values = fields.map((field, at) => readPart(field, texts[at] ?? ""));
    return joinId(fields, values) === id ? values : undefined;
  } catch (error) {
    if (error instanceof DocumentFault) return undefined;
    throw error;
  }
}

/** The id that is made of these values. */
export const joinId = (fields: readonly ScalarField[], values: readonly unknown[]): DocumentId =>
  fields.map((field, at) => printPart(field, values[at])).join(KEY_SEPARATOR);

/** The id that a document's own fields make. */
export const idOfDocument = (model: DocumentModel, document: Document): DocumentId =>
  joinId(
    keyFieldsOf(model) ?? [],
    (model.keyParts ?? []).map((name) => document[name]),
  );

/** Compares two values of a key as both stores order them. */
export function compareParts(field: ScalarField, one: FilterValue, other: FilterValue): number {
  switch (field.kind) {
    case "int":
    case "boolean":
      return Number(one) - Number(other);
    case "bigint":
    case "decimal": {
      const [left, right] = [one, other].map((value) => BigInt(String(value).replace(".", "")));
      return left === right ? 0 : (left ?? 0n) < (right ?? 0n) ? -1 : 1;
    }
    case "date":
    case "dateTime":
    case "string":
    case "enumeration":
      return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
  }
}

function printPart(field: ScalarField, value: unknown): string {
  if (field.kind === "boolean") return value === true ? "1" : "0";
  if (field.kind !== "string" && field.kind !== "enumeration") return String(value);
  return String(value).replaceAll("%", "%25").replaceAll(KEY_SEPARATOR, "%7E");
}

function readPart(field: ScalarField, text: string): FilterValue {
  switch (field.kind) {
    case "int":
      return toInt(text);
    case "bigint":
      return toBigInt(text);
    case "decimal":
      return toDecimal(text, field.scale);
    case "boolean":
      return text === "1";
    case "date":
      return toDate(text);
    case "dateTime":
      return toDateTime(text);
    case "string":
      return toText(text);
    case "enumeration":
      return compileOneOf(field)(toText(text));
  }
}

const toText = (text: string): string => text.replaceAll("%7E", KEY_SEPARATOR).replaceAll("%25", "%");
