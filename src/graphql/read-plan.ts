import type { RequestNode } from "../freshness/replicas.ts";
import type { WriteToken } from "../freshness/write-token.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "../stores/document-store.ts";
import type { Selection } from "./selected-fields.ts";

export type Source = "AUTO" | "LIVE" | "MIRROR";

/** What a root field asks of the store that answers it. */
export interface ReadDemand {
  readonly source: Source;
  /** Oldest mirror that is good enough; undefined: the server's default, which is a wish and no promise. */
  readonly maxStalenessMs: number | undefined;
  /** The write that the answer must show. */
  readonly afterWrite?: WriteToken | undefined;
  /** The moment whose state is asked for; the source is then LIVE. */
  readonly asOf?: string | undefined;
  /** The server that answers the live reads of the request. Default: the primary. */
  readonly node?: RequestNode | undefined;
}

/** How old an answer of a store is. */
export interface Freshness {
  /** Snapshot that the mirror is complete up to; null for live. */
  readonly position: string | null;
  readonly lagMs: number;
  readonly pendingChanges: number;
  /** Everything committed before this moment is in the answer. */
  readonly asOf: string;
  /** The server that answered, where several may. */
  readonly node?: string;
}

export interface Route {
  readonly store: DocumentStore["name"];
  readonly freshness: Freshness;
  /** False: MariaDB could not be asked just now, so that nothing is won by leaving the mirror. */
  readonly isLiveReachable: boolean;
  /** Documents that the mirror lacks or has in an older state. */
  readonly rejected: number;
  /** Where the mirror has the documents that this says the age of. */
  readonly collection?: string;
  /** The replica that answers in place of the primary. */
  readonly node?: string;
  /** A sentence: why this store. */
  readonly reason?: string;
  /** What the mirror was when that was decided; it is another one after each change of it. Absent when it was not settled. */
  readonly version?: string;
}

/** Decides which store answers. @throws VitrineError when the store demanded cannot answer. */
export type Router = (
  model: DocumentModel,
  demand: ReadDemand,
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal,
) => Promise<Route> | Route;

/** An entry of `extensions.freshness`. */
export interface FreshnessEntry extends Freshness {
  /** Response key of the root field. */
  readonly root: string;
  readonly model: string;
  readonly source: "LIVE" | "MIRROR";
}

/** What a plan tells the work that it runs. */
export interface PlanOptions extends ReadOptions {
  /** No other store is better off: what there is is given, and documents that cannot be are left out by name. */
  readonly mayLeaveOut: boolean;
}

/** What a plan runs on a store. */
export type Work<T> = (store: DocumentStore, options: PlanOptions) => Promise<T>;

/** Another model of which the mirror gives the same answer sooner. */
export interface Shortcut<T> {
  readonly model: DocumentModel;
  readonly work: Work<T>;
}

export interface ReadHelp<T> {
  /** A name for all that cost a store alike. */
  readonly question?: string | undefined;
  /** The best first. */
  readonly shortcuts?: readonly Shortcut<T>[];
}

/** The way all documents under one root field are read. */
export interface ReadPlan {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /**
   * Runs `work` on the store that this plan uses for the model; on live when the mirror fails under AUTO, and on the mirror
   * when live has a document that it cannot give and the query sets no limit to the mirror's age. What has
   * a `question` goes under AUTO to the store that answered such questions sooner, and to the other one when that takes
   * too long. The mirror is asked the first shortcut that may be read, if there is one.
   */
  read<T>(model: DocumentModel, work: Work<T>, help?: ReadHelp<T>): Promise<T>;
  /**
   * One document, or what `selection` asks of it, batched with the others of which the request loads as much from the
   * same store; null when there is none.
   */
  load(model: DocumentModel, id: DocumentId, selection: Selection): Promise<Document | null>;
  /** Counts documents against the request's limit. @throws VitrineError LIMIT_EXCEEDED */
  spend(documents: number): void;
  /** Notes the call of a procedure, for logs and explanations. */
  call<T>(procedure: string, answer: Promise<T>): Promise<T>;
}
