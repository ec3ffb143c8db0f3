import type { Fields } from "../models/field.ts";
import { type StoredField, storedFields } from "../stores/conversion/stored-fields.ts";

/** What a column of an export holds. */
export interface ExportedColumn {
  readonly name: string;
  /** A field kind: int, bigint, decimal, string, boolean, date, dateTime, list, object … */
  readonly type: StoredField["kind"];
  /** Digits after the point of a decimal. */
  readonly scale?: number;
  readonly nullable: boolean;
  /** Of the elements of a list. */
  readonly item?: Omit<ExportedColumn, "name" | "nullable">;
  /** Of an object. */
  readonly columns?: readonly ExportedColumn[];
}

/** The columns of documents with these fields, in their order, nested ones too. */
export const describeColumns = (fields: Fields): readonly ExportedColumn[] =>
  storedFields(fields).map(([name, field]) => ({ name, ...describeType(field), nullable: field.nullable }));

function describeType(field: StoredField): Omit<ExportedColumn, "name" | "nullable"> {
  const type = field.kind;
  if (field.kind === "decimal") return { type, scale: field.scale };
  if (field.kind === "list") return { type, item: describeType(field.item) };
  if (field.kind === "object") return { type, columns: describeColumns(field.fields) };
  return { type };
}
