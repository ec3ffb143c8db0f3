import type { Field, Fields, LinkField } from "../../models/field.ts";
import type { DocumentModel } from "../../models/model.ts";

/** A field that is part of the document: any but a link. */
export type StoredField = Exclude<Field, LinkField>;

/** The fields of a document in the model's order. */
export const storedFields = (fields: Fields): readonly (readonly [string, StoredField])[] =>
  Object.entries(fields).flatMap(([name, field]) => (field.kind === "link" ? [] : [[name, field] as const]));

const names = new WeakMap<Fields, readonly string[]>();

/** The names of a document's fields in the model's order. */
export function storedNames({ fields }: Pick<DocumentModel, "fields">): readonly string[] {
  const known = names.get(fields) ?? storedFields(fields).map(([name]) => name);
  names.set(fields, known);
  return known;
}
