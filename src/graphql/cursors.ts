import { createHash } from "node:crypto";
import { VitrineError } from "../errors.ts";
import type { ScalarField } from "../models/field.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import { type FilterValue, type OrderTerm, toTotalOrder } from "../stores/document-store.ts";
import { nestsDeeper } from "./text-limits.ts";
import { readValue } from "./values.ts";

/** The values of a document's place in an order, one per term, the key included. */
export type Place = readonly (FilterValue | null)[];

/** Writes and reads the cursors of one model in one order. */
export interface CursorCodec {
  /** Opaque text that names the document's place. */
  encode(document: Document): string;
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
  const bond = createHash("sha256")
    .update(JSON.stringify([model.name, terms.map((term) => [term.field, term.direction]), asOf]))
    .digest("base64url")
    .slice(0, 8);
  return {
    encode(document) {
      // Filterable fields are scalars (defineModel), so a document has plain values there.
      const place = terms.map((term) => document[term.field] ?? null);
      return Buffer.from(JSON.stringify([bond, ...place])).toString("base64url");
    },
    decode(cursor) {
      const parsed = parse(cursor);
      if (!parsed || typeof parsed[0] !== "string")
        throw new VitrineError("BAD_INPUT", "This is not a cursor. Use a cursor that a connection returned.");
      if (parsed[0] !== bond || parsed.length !== terms.length + 1)
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

function readPlace(model: DocumentModel, term: OrderTerm, value: unknown): FilterValue | null {
  const field = model.fields[term.field] as ScalarField; // order terms are filterable scalars (defineModel)
  if (value === null && field.nullable) return null;
  return readValue(field, value);
}
