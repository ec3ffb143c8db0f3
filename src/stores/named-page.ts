import type { VitrineError } from "../errors.ts";
import { extend } from "../extend.ts";
import { type Document, type DocumentId, type DocumentModel, keyFieldOf } from "../models/model.ts";
import type { DocumentStore, Filter, FilterValue, PageRequest, ReadOptions } from "./document-store.ts";

/**
 * The ids of a page that says itself which documents are on it, in its order: those of a list that fits into it, by their
 * numbers. Undefined for any other, of which only the store knows what is on it (or how texts follow each other).
 */
export function idsOfPage(model: DocumentModel, page: PageRequest): readonly DocumentId[] | undefined {
  const { where, orderBy, after, before, limit } = page;
  const [term, ...others] = orderBy;
  if (!where || after || before || others.length > 0 || (term && term.field !== model.key)) return undefined;
  if (keyFieldOf(model).kind === "string") return undefined;
  const values = valuesOf(where, model.key);
  if (!values || values.length > limit) return undefined;
  const ids = [...new Set(values.map(String))];
  const sign = term?.direction === "desc" ? -1 : 1;
  return ids.sort((left, right) => sign * compareNumbers(left, right));
}

/** The values one of which the field must have; undefined when the filter says more, or something else. */
function valuesOf(where: Filter, field: string): readonly FilterValue[] | undefined {
  if (where.kind === "in") return where.field === field && !where.negated ? where.values : undefined;
  if (where.kind !== "compare" || where.field !== field || where.operator !== "eq") return undefined;
  return [where.value];
}

/** A whole number of no more characters is exact as a number, which is compared ten times sooner (measured). */
const EXACT_DIGITS = 15;

/** Of whole numbers in canonical form, however long. */
function compareNumbers(left: string, right: string): number {
  if (Math.max(left.length, right.length) <= EXACT_DIGITS) return Number(left) - Number(right);
  const [one, other] = [BigInt(left), BigInt(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Reads such a page by its ids, with its gaps in their places. */
export async function readNamedPage(
  findByIds: DocumentStore["findByIds"],
  model: DocumentModel,
  ids: readonly DocumentId[],
  { onInvalid, ...options }: ReadOptions,
): Promise<readonly Document[]> {
  const isInt = keyFieldOf(model).kind === "int";
  const invalid = new Map<DocumentId, VitrineError>();
  const note: ReadOptions["onInvalid"] = (id, error) => void invalid.set(id, error);
  const found = await findByIds(model, ids, onInvalid ? extend(options, { onInvalid: note }) : options);
  const documents: Document[] = [];
  let index = 0;
  for (const id of ids) {
    const error = invalid.get(id);
    const document = found.get(id);
    if (error) onInvalid?.(id, error, { index, place: [isInt ? Number(id) : id] });
    else if (document) documents.push(document);
    if (error || document) index += 1;
  }
  return documents;
}
