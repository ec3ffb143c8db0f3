import type { StoredField } from "../../stores/conversion/stored-fields.ts";

/**
 * Under `extensions` of a GraphQL field whose values are those of a model's field: a file knows from it what its column
 * holds, the digits of a decimal too.
 */
export const asColumn = (field: StoredField) => ({ vitrineField: field });

/** What `asColumn` said of a field; undefined: nothing. */
export const columnOf = (extensions: Readonly<Record<string, unknown>>): StoredField | undefined =>
  extensions.vitrineField as StoredField | undefined; // set by `asColumn` and nobody else

/**
 * Under `extensions` of a GraphQL field with an argument `first`: the rows that it gives at once at most. A file asks for as
 * many when its client names no number.
 */
export const listing = (most: number) => ({ vitrineMost: most });

/** What `listing` said of a field; undefined: it gives all that it has. */
export const mostOf = (extensions: Readonly<Record<string, unknown>>): number | undefined =>
  extensions.vitrineMost as number | undefined; // set by `listing` and nobody else
