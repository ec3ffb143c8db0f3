import type { Field, Fields, LinkField } from "../../models/field.ts";
import type { DocumentModel } from "../../models/model.ts";
import { oncePer } from "../../once-per.ts";

/** A field that is part of the document: any but a link. */
export type StoredField = Exclude<Field, LinkField>;

/** The fields of a document in the model's order. */
export const storedFields = (fields: Fields): readonly (readonly [string, StoredField])[] =>
  Object.entries(fields).flatMap(([name, field]) => (field.kind === "link" ? [] : [[name, field] as const]));

const namesOf = oncePer((fields: Fields): readonly string[] => storedFields(fields).map(([name]) => name));

/** The names of a document's fields in the model's order. */
export const storedNames = ({ fields }: Pick<DocumentModel, "fields">): readonly string[] => namesOf(fields);
