import type { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { CubeStore } from "./cube-store.ts";
import type { CyclicOperator } from "./cyclic-operators.ts";
import type { OnStatement } from "./sent-statement.ts";
import type { TextOperator } from "./text-operators.ts";

/**
 * What both stores promise. Given the same rows, `live` (MariaDB's views) and `mirror` (MongoDB's
 * collections) return equal documents, in canonical form (models/field.ts), in equal order.
 *
 * Comparison is binary and two-valued: a comparison with a null field is false, `not` of it true,
 * only `isNull` asks for null. Null sorts before every value.
 */
export interface DocumentStore extends CubeStore {
  readonly name: "live" | "mirror";
  /** The documents that exist, by id. Ids that do not exist are absent. */
  findByIds(
    model: DocumentModel,
    ids: readonly DocumentId[],
    options?: ReadOptions,
  ): Promise<ReadonlyMap<DocumentId, Document>>;
  /** At most `limit` documents after `after`, in `orderBy` order (the key is always the last criterion). */
  findPage(model: DocumentModel, page: PageRequest, options?: ReadOptions): Promise<readonly Document[]>;
  /** How many documents fit the filter. */
  count(model: DocumentModel, where: Filter | null, options?: ReadOptions): Promise<number>;
  /** The versions of one document, newest first; none when it never was. Only `live` knows them. */
  findVersions(
    model: DocumentModel,
    id: DocumentId,
    request: HistoryRequest,
    options?: ReadOptions,
  ): Promise<HistoryPage>;
  /** Every document that fits, in key order, in constant memory. */
  stream(model: DocumentModel, where: Filter | null, options?: ReadOptions): AsyncIterable<Document>;
}

export interface HistoryRequest {
  readonly limit: number;
  /** Only versions from before this `changedAt`; null: from the newest on. */
  readonly before: string | null;
}

export interface HistoryPage {
  readonly versions: readonly Version[];
  readonly hasMore: boolean;
}

/** A document between two changes of it. */
export interface Version {
  /** When the change was written that made it: microseconds since 1970, UTC; `"0"` when nothing says so. */
  readonly changedAt: string;
  /** Null: it was deleted, and came back later or not; or there is an error. */
  readonly document: Document | null;
  /** Why this version cannot be given: DOCUMENT_INVALID. */
  readonly error?: Error;
  /** The first moment (to the millisecond) at which `asOf` shows it; null when nothing says so. */
  readonly validFrom: string | null;
  /** The first moment at which it no longer does; null: it is the newest. */
  readonly validTo: string | null;
  /** Top-level fields that differ from the version before; all of them when that was none. */
  readonly changedFields: readonly string[];
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** The longest that the read may take, from now on: a statement that starts later gets what is left. */
  readonly timeoutMs?: number;
  /**
   * The moment (RFC 3339, UTC) whose state is asked for: what was written by then, and committed when it is asked for. Only
   * `live` can answer. @throws VitrineError BAD_INPUT for one in the future, BEFORE_HISTORY for one too early
   */
  readonly asOf?: string | undefined;
  /**
   * Top-level fields of the documents that are wanted, in the model's order, the key among them: no other is read.
   * Default: all. `findByIds`, `findPage` and `stream` ask.
   */
  readonly fields?: readonly string[] | undefined;
  /** Documents that do not fit are not there, and nothing tells of them. Default: all are. Only `findByIds` asks. */
  readonly where?: Filter | null | undefined;
  /**
   * Where the mirror has the documents, for who was told with their age. Default: the mirror looks it up.
   * Only `mirror` asks.
   */
  readonly collection?: string | undefined;
  /** The replica that is asked in place of the primary. Only `live` asks. */
  readonly node?: string | undefined;
  /**
   * Told of each document that the store cannot give, which is then left out; of one of a page, where it belongs.
   * Default: the first ends the read. `findByIds`, `findPage` and `stream` ask.
   */
  readonly onInvalid?: (id: DocumentId, error: VitrineError, gap?: PageGap) => void;
  /** Told of each statement that the read sends, for people who ask how it was answered; `stream` tells of none in the mirror. */
  readonly onStatement?: OnStatement | undefined;
}

/** Where a document is missing in a page. */
export interface PageGap {
  /** Its place among all of the page, gaps included. */
  readonly index: number;
  /** Its values of the order, as a cursor keeps them. */
  readonly place: readonly (FilterValue | null)[];
}

/** Values in canonical form: what the field's kind says, checked before it gets here. */
export type FilterValue = string | number | boolean;

export type Filter =
  | { readonly kind: "and" | "or"; readonly filters: readonly Filter[] }
  | { readonly kind: "not"; readonly filter: Filter }
  | {
      readonly kind: "compare";
      readonly field: string;
      readonly operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | TextOperator | CyclicOperator;
      readonly value: FilterValue;
    }
  | {
      readonly kind: "in";
      readonly field: string;
      readonly negated: boolean;
      readonly values: readonly FilterValue[];
    }
  | { readonly kind: "isNull"; readonly field: string; readonly isNull: boolean };

export interface OrderTerm {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export interface PageRequest {
  readonly where: Filter | null;
  /** Filterable fields; the key is appended (ascending) when it is not among them. */
  readonly orderBy: readonly OrderTerm[];
  /** Values of the last document already seen, one per order term (with the key appended); exclusive. */
  readonly after: readonly (FilterValue | null)[] | null;
  /** The other end, exclusive. */
  readonly before: readonly (FilterValue | null)[] | null;
  readonly limit: number;
  /** Take the last `limit` documents instead of the first; they are still returned in `orderBy` order. */
  readonly fromEnd: boolean;
}

/** The full order of a page: the terms asked for, then the key, which makes it total. */
export function toTotalOrder(model: DocumentModel, orderBy: readonly OrderTerm[]): readonly OrderTerm[] {
  return orderBy.some((term) => term.field === model.key)
    ? orderBy
    : [...orderBy, { field: model.key, direction: "asc" }];
}
