import type { DocumentModel } from "../../models/model.ts";
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

/** Under `extensions` of a field that gives the documents of a model in pages: a file may read them without pages. */
export const pagesOf = (model: DocumentModel) => ({ vitrinePagesOf: model });

/** What `pagesOf` said of a field; undefined: it gives something else. */
export const modelOfPages = (extensions: Readonly<Record<string, unknown>>): DocumentModel | undefined =>
  extensions.vitrinePagesOf as DocumentModel | undefined; // set by `pagesOf` and nobody else
