import { VitrineError } from "../../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { DocumentFault, fault } from "./json-cursor.ts";
import { compileJson } from "./json-value.ts";
import { compileOneOf, toBigInt, toDate, toDateTime, toDecimal, toInt } from "./scalar-text.ts";
import { type StoredField, storedFields } from "./stored-fields.ts";

/** Values by column, as the driver gives them under our settings. */
export type ColumnValues = Readonly<Record<string, unknown>>;

/** Reads rows of one model's view. */
export interface RowReader {
  /**
   * The columns of these fields as (a part of) a document in canonical form, in the order given. `id` is for errors.
   * @throws VitrineError DOCUMENT_INVALID with model, id and path
   */
  read(row: ColumnValues, fields: readonly string[], id: DocumentId): Document;
}

type Convert = (value: unknown) => unknown;

/** Compiles the reader of a model's rows: from a column's value to the canonical form, without loss. */
export function compileRowReader(model: DocumentModel): RowReader {
  const members = new Map(
    storedFields(model.fields).map(([name, field]) => [
      name,
      { column: model.columns[name] ?? "", convert: compileColumn(field) },
    ]),
  );
  return {
    read(row, fields, id) {
      const document: Record<string, unknown> = {};
      for (const name of fields) {
        const member = members.get(name);
        if (!member) throw new TypeError(`Model ${model.name}: "${name}" is no field of its documents.`);
        try {
          document[name] = member.convert(row[member.column]);
        } catch (error) {
          throw error instanceof DocumentFault ? toInvalid(model, id, error.within(name)) : error;
        }
      }
      return document;
    },
  };
}

/** The error that names model, id and path. */
export const toInvalid = (model: DocumentModel, id: DocumentId, cause: DocumentFault): VitrineError =>
  new VitrineError("DOCUMENT_INVALID", `${model.name} ${id}: ${cause.place} ${cause.message}.`, {
    details: { model: model.name, id, path: cause.place, problem: cause.message },
  });

function compileColumn(field: StoredField): Convert {
  const convert = compileValue(field);
  return (value) => {
    if (value === null || value === undefined)
      return field.nullable ? null : fault("is null, but the model says that it never is");
    if (Buffer.isBuffer(value)) return fault("is binary; cast it in the view");
    return convert(value);
  };
}

function compileValue(field: StoredField): Convert {
  switch (field.kind) {
    case "int":
      return (value) => toInt(String(value));
    case "bigint":
      return (value) => toBigInt(String(value));
    case "decimal":
      return (value) => toDecimal(String(value), field.scale);
    case "string":
      return toText;
    case "enumeration": {
      const oneOf = compileOneOf(field);
      return (value) => oneOf(toText(value));
    }
    case "boolean":
      return (value) => value === 1 || (value !== 0 && fault("is neither 0 nor 1"));
    case "date":
      return (value) => toDate(String(value));
    case "dateTime":
      return (value) => toDateTime(String(value));
    case "object":
    case "list": {
      const parse = compileJson(field);
      return (value) => parse(toText(value));
    }
  }
}

const toText = (value: unknown): string =>
  typeof value === "string" ? value : fault("is a number, not a text; cast it to char in the view");
