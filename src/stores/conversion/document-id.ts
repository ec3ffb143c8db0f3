import { type DocumentId, type DocumentModel, keyFieldOf } from "../../models/model.ts";
import { keyFieldsOf, splitId } from "./composite-id.ts";

const INT_LIMIT = 2 ** 31;
const BIGINT_LIMIT = 2n ** 63n;
/** Characters of an id, at most: width of the columns that keep ids (`vitrine_pending.document_id`). */
export const MAX_ID_LENGTH = 255;

/** Stands for the rows of a view that have no id, or one that is none of the model. */
export const NO_ID: DocumentId = "null";

/**
 * An id in its one canonical text, or undefined for text that is the id of no document of this model. SQL
 * would find document 1 for `"1abc"`, `"1.0"` and `" 1"`, so text is read by the kind of the key before it
 * gets near a store.
 */
export function parseDocumentId(model: DocumentModel, text: string): DocumentId | undefined {
  switch (keyFieldOf(model).kind) {
    case "int": {
      const number = /^(?:0|-?[1-9]\d{0,9})$/.test(text) ? Number(text) : INT_LIMIT;
      return number >= -INT_LIMIT && number < INT_LIMIT ? text : undefined;
    }
    case "bigint": {
      const number = /^(?:0|-?[1-9]\d{0,18})$/.test(text) ? BigInt(text) : BIGINT_LIMIT;
      return number >= -BIGINT_LIMIT && number < BIGINT_LIMIT ? text : undefined;
    }
    case "string":
      // A lone surrogate has no UTF-8 form: both drivers would look for U+FFFD instead.
      return text.length <= MAX_ID_LENGTH && !/\p{Surrogate}/u.test(text) && isMade(model, text)
        ? text
        : undefined;
  }
}

/** Whether it is made of such values as the model's key names, where it is made of several. */
function isMade(model: DocumentModel, text: string): boolean {
  const fields = keyFieldsOf(model);
  return fields === undefined || splitId(fields, text) !== undefined;
}

/** The canonical ids among `ids`, without repetition. */
export const parseDocumentIds = (model: DocumentModel, ids: readonly string[]): readonly DocumentId[] =>
  [...new Set(ids)].filter((id) => parseDocumentId(model, id) !== undefined);
