import { bigint, boolean, type Field, type Fields } from "../../models/field.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { type StoredField, storedFields } from "../../stores/conversion/stored-fields.ts";
import type { VersionedDocument } from "../../stores/mongodb/changed-documents.ts";

/** Columns beside a model's own. No field has such a name. */
export const VERSION = "_position";
export const DELETED = "_deleted";

/**
 * A model whose documents are changes: the fields of `model`, all but the key null where a document was deleted, and
 * what makes the newest row of a document known from the others.
 */
export function toChangeModel(model: DocumentModel): DocumentModel {
  const fields: Fields = Object.fromEntries([
    ...storedFields(model.fields).map(([name, field]) => [name, name === model.key ? field : orNull(field)]),
    [VERSION, bigint("Position of the snapshot that shows this state: of two rows the larger one counts.")],
    [DELETED, boolean("The document is no more.")],
  ]);
  return { ...model, fields };
}

const orNull = (field: StoredField): Field => ({ ...field, nullable: true });

/** The row of a document as it was found. */
export const toChangeRow = (model: DocumentModel, { id, version, document }: VersionedDocument): Document =>
  document === null
    ? toDeletion(model, id, version)
    : { ...document, [VERSION]: String(version), [DELETED]: false };

/** The row of a document that is no more. */
export const toDeletion = (model: DocumentModel, id: DocumentId, version: bigint): Document => ({
  [model.key]: model.fields[model.key]?.kind === "int" ? Number(id) : id,
  [VERSION]: String(version),
  [DELETED]: true,
});
