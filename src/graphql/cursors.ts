import { createHash } from "node:crypto";
import { VitrineError } from "../errors.ts";
import type { ScalarField } from "../models/field.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import { parseDocumentId } from "../stores/conversion/document-id.ts";
import { type FilterValue, type OrderTerm, toTotalOrder } from "../stores/document-store.ts";
import { nestsDeeper } from "./text-limits.ts";
import { readValue } from "./values.ts";

/** The values of a document's place in an order, one per term, the key included. */
export type Place = readonly (FilterValue | null)[];

/** Writes and reads the cursors of one model in one order. */
export interface CursorCodec {
  /** Opaque text that names the document's place. */
  encode(document: Document): string;
  /** The same for a place that a store has named. */
  encodePlace(place: Place): string;
  /** @throws VitrineError BAD_INPUT for text that is no cursor, or is one of another model or order. */
  decode(cursor: string): Place;
}

/**
 * Cursors are bound to the model, the order and the moment that the page shows: a place means nothing in
 * another order, and pages of two moments would repeat or leave out documents.
 */
export function createCursorCodec(
  model: DocumentModel,
  orderBy: readonly OrderTerm[],
  asOf?: string,
): CursorCodec {
  const terms = toTotalOrder(model, orderBy);
  let known: string | undefined;
  const bondOf = () => {
    known ??= createHash("sha256")
      .update(JSON.stringify([model.name, terms.map((term) => [term.field, term.direction]), asOf]))
      .digest("base64url")
      .slice(0, 8);
    return known;
  };
  const encode = (place: readonly unknown[]) =>
    Buffer.from(JSON.stringify([bondOf(), ...place])).toString("base64url");
  return {
    // Filterable fields are scalars (defineModel), so a document has plain values there.
    encode: (document) => encode(terms.map((term) => document[term.field] ?? null)),
    encodePlace: encode,
    decode(cursor) {
      const parsed = parse(cursor);
      if (!parsed || typeof parsed[0] !== "string")
        throw new VitrineError("BAD_INPUT", "This is not a cursor. Use a cursor that a connection returned.");
      if (parsed[0] !== bondOf() || parsed.length !== terms.length + 1)
        throw new VitrineError(
          "BAD_INPUT",
          "This cursor comes from another model, orderBy or asOf. Use those that it was returned with.",
        );
      return terms.map((term, index) => readPlace(model, term, parsed[index + 1]));
    },
  };
}

/** A place has no lists and no objects in it. */
const PLACE_LEVELS = 1;

function parse(cursor: string): readonly unknown[] | undefined {
  // Node's decoder skips what is not base64url; a cursor that is not exactly what we wrote is refused.
  const bytes = Buffer.from(cursor, "base64url");
  if (bytes.toString("base64url") !== cursor) return undefined;
  const text = bytes.toString("utf8");
  if (nestsDeeper(text, PLACE_LEVELS)) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What no document has may be the place of a row that is none: null, or a date of no calendar. */
const oddDate = { date: /^\d{4}-\d\d-\d\d$/, dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } as const;

function readPlace(model: DocumentModel, term: OrderTerm, value: unknown): FilterValue | null {
  const field = model.fields[term.field] as ScalarField; // order terms are filterable scalars (defineModel)
  if (value === null && term.field !== model.key) return null;
  const isDate = field.kind === "date" || field.kind === "dateTime";
  if (isDate && typeof value === "string" && oddDate[field.kind].test(value)) return value;
  const read = readValue(field, value);
  // By the values that such an id is made of documents are sorted.
  if (term.field === model.key && model.keyParts && parseDocumentId(model, String(read)) === undefined)
    throw new VitrineError("BAD_INPUT", "This is not a cursor. Use a cursor that a connection returned.");
  return read;
}
