import type { RequestNode } from "../freshness/replicas.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "../stores/document-store.ts";
import type { AnswerTimes } from "./answer-times.ts";
import type { Observers } from "./observe-reads.ts";
import type { FreshnessEntry, Route, Router } from "./read-plan.ts";
import type { Selection } from "./selected-fields.ts";

/** What the plans of a request share. */
export interface PlanSurroundings extends Observers {
  readonly stores: Readonly<Record<DocumentStore["name"], DocumentStore>>;
  readonly route: Router;
  readonly signal: AbortSignal;
  /** Where its live reads go; undefined: to the primary. */
  readonly node: RequestNode | undefined;
  readonly answerTimes: AnswerTimes;
  readonly onFallback?: ((model: string, error: unknown) => void) | undefined;
  /** What is left of the request's time, in milliseconds. */
  leftMs(): number;
  /** For a read that begins now: what is left of the request's time is all it may take. */
  optionsAt(asOf: string | undefined): ReadOptions;
  load(
    store: DocumentStore,
    model: DocumentModel,
    options: ReadOptions,
    wanted: { readonly root: string; readonly id: DocumentId; readonly selection: Selection },
  ): Promise<Document | null>;
  /** Notes how old an answer is. */
  note(entry: FreshnessEntry, route: Route): void;
  spend(documents: number): void;
}
