import type { Document, DocumentId } from "../models/model.ts";

/** Which entity a document is to a client's cache: the present, or one moment of the past. */
export interface EntityId {
  readonly typeName: string;
  readonly key: DocumentId;
  /**
   * Undefined: the present. A moment that was asked for (`asOf`), or the number of the change that made a version of a
   * history: microseconds since 1970, `"0"` for a version that no change made.
   */
  readonly moment: string | undefined;
}

/** Where a document of the past keeps its moment: no field of a model can have this name. */
const momentOf = Symbol("moment");

/** The same document, known as one of that moment: as another entity than the present. */
export const atMoment = (document: Document, moment: string): Document =>
  Object.assign({ ...document }, { [momentOf]: moment });

/**
 * `OrderDetails:12`; of the past `OrderDetails@2026-02-28T12:00:00.000Z:12`, or `OrderDetails@1772280000123456:12`
 * for a version of its history. Unique in the whole schema; what is after the type and the moment is the key, whatever
 * it holds.
 */
export function entityIdOf(typeName: string, key: string, document: Document): string {
  const moment = (document as { readonly [momentOf]?: string })[momentOf]; // atMoment put it there, or nobody
  const id = String(document[key]);
  return moment === undefined ? `${typeName}:${id}` : `${typeName}@${moment}:${id}`;
}

const form = /^([A-Z][A-Za-z0-9]*)(?:@(\d{1,16}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z))?:(.*)$/s;

/** What an id names; undefined for a text that is none. Its key may still be that of no document. */
export function parseEntityId(id: string): EntityId | undefined {
  const [, typeName, moment, key] = form.exec(id) ?? [];
  return typeName === undefined || key === undefined ? undefined : { typeName, key, moment };
}

/** Whether a moment is the number of a change, and not one that was asked for. */
export const isChange = (moment: string): boolean => /^\d{1,16}$/.test(moment);

/** A document that tells its type, for a field of type `Node`. */
export const asNode = (typeName: string, document: Document): Document =>
  Object.assign({ ...document }, { __typename: typeName });
