import type { StoredField } from "../../stores/conversion/stored-fields.ts";
import type { RowFields } from "./row-fields.ts";

/** An object of an answer. */
export type Row = Readonly<Record<string, unknown>>;

export interface FlatRows {
  readonly fields: RowFields;
  flatten(row: Row): Row;
}

/** A column of a flat row, and the keys that lead to its value. */
interface Column {
  readonly name: string;
  readonly path: readonly string[];
  readonly field: StoredField;
}

/**
 * Rows without objects in them: `buyer { name }` is the column `buyer.name`, null where there is no buyer. Lists stay what
 * they are, one value.
 */
export function flattenRows(fields: RowFields): FlatRows {
  const columns = findColumns(fields, [], false);
  if (columns.every(({ path }) => path.length === 1)) return { fields, flatten: (row) => row };
  return {
    fields: Object.fromEntries(columns.map(({ name, field }) => [name, field])),
    flatten(row) {
      const flat: Record<string, unknown> = {};
      for (const { name, path } of columns) flat[name] = path.length === 1 ? row[name] : valueAt(row, path);
      return flat;
    },
  };
}

const findColumns = (fields: RowFields, above: readonly string[], isOptional: boolean): readonly Column[] =>
  Object.entries(fields).flatMap(([key, field]) => {
    const path = [...above, key];
    const nullable = isOptional || field.nullable;
    return field.kind === "object"
      ? findColumns(field.fields as RowFields, path, nullable) // of what is selected, which has no links
      : [{ name: path.join("."), path, field: { ...field, nullable } }];
  });

function valueAt(row: Row, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const key of path) {
    if (value === null || value === undefined) return null;
    value = (value as Row)[key]; // an object, as the schema says
  }
  return value;
}
