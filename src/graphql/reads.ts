import DataLoader from "dataloader";
import { VitrineError } from "../errors.ts";
import { extend } from "../extend.ts";
import type { Replicas } from "../freshness/replicas.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "../stores/document-store.ts";
import type { AnswerTimes } from "./answer-times.ts";
import { atMoment } from "./entity-ids.ts";
import type { Observers } from "./observe-reads.ts";
import { openPlan } from "./open-plan.ts";
import type { PlanSurroundings } from "./plan-surroundings.ts";
import type { FreshnessEntry, ReadDemand, ReadPlan, Router } from "./read-plan.ts";
import { selectedFields } from "./selected-fields.ts";

export type * from "./read-plan.ts";

/** The reads of one request. */
export interface RequestReads {
  /**
   * Opens the plan of a root field that reads `model`; null when its own answer is no document. Items of a root field
   * that are read together have one plan, under the places of them all.
   */
  open(root: string | readonly string[], model: DocumentModel | null, demand: ReadDemand): ReadPlan;
  /** The plan that a root field opened. */
  planOf(root: string): ReadPlan;
  freshness(): readonly FreshnessEntry[];
  /** What each mirror was that the answer was read from, by model; null when some of it is from live, or from a mirror in motion. */
  versions(): ReadonlyMap<string, string> | null;
  /** How old its data may be for every root field that read; null when one says nothing of that. */
  mostStaleMs(): number | null;
  /** Documents and groups read so far. */
  rows(): number;
  /** Documents read so far are read anew when asked for again: something was written. */
  forgetDocuments(): void;
  /** Forgets what was read: the next event of a subscription is an answer of its own. */
  restart(): void;
}

export interface ReadsOptions extends Observers {
  readonly stores: Readonly<Record<DocumentStore["name"], DocumentStore>>;
  readonly route: Router;
  /** Aborted with the error to answer with, when the request takes too long or its client has gone. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Documents that one request may read. */
  readonly maxDocuments: number;
  readonly answerTimes: AnswerTimes;
  /** Servers that answer live reads in place of the primary. */
  readonly replicas?: Replicas | undefined;
  /** Told about each read that had to leave the mirror. */
  readonly onFallback?: (model: string, error: unknown) => void;
}

/** A document of another moment is another entity than the present. */
const dated = (document: Document | undefined, asOf: string | undefined): Document | undefined =>
  document && asOf !== undefined ? atMoment(document, asOf) : document;

/** Ids per batch: the stores' statements stay index lookups below 999. */
const BATCH = 500;

/** Creates the reads of one request: one loader per model, store and moment, shared by all its plans. */
export function createReads(options: ReadsOptions): RequestReads {
  const plans = new Map<string, ReadPlan>();
  const freshness = new Map<string, FreshnessEntry>();
  const versions = new Map<string, string | undefined>();
  const loaders = new Map<string, DataLoader<DocumentId, Document | null>>();
  let spent = 0;
  let mostStaleMs: number | null = Number.POSITIVE_INFINITY;
  let startedAt = performance.now();
  const leftMs = () => Math.max(options.timeoutMs - (performance.now() - startedAt), 1);
  /** For a read that begins now: what is left of the request's time is all it may take. */
  const optionsAt = (asOf: string | undefined): ReadOptions => ({
    signal: options.signal,
    timeoutMs: leftMs(),
    asOf,
  });

  const spend = (documents: number) => {
    spent += documents;
    if (spent > options.maxDocuments)
      throw new VitrineError(
        "LIMIT_EXCEEDED",
        `The query reads more than ${options.maxDocuments} documents. Ask for smaller pages.`,
      );
  };

  const loaderOf = (
    store: DocumentStore,
    model: DocumentModel,
    { asOf, collection, node, fields, onStatement }: ReadOptions,
    root: string,
  ) => {
    // Who is told of statements is told of those of one root field.
    const key = `${store.name} ${model.name} ${asOf} ${collection} ${node} ${fields}${onStatement ? ` ${root}` : ""}`;
    let loader = loaders.get(key);
    if (!loader) {
      loader = new DataLoader(
        async (ids) => {
          spend(ids.length);
          const invalid = new Map<DocumentId, Error>();
          const onInvalid = (id: DocumentId, error: Error) => invalid.set(id, error);
          const asked = extend(optionsAt(asOf), { collection, node, fields, onInvalid, onStatement });
          const read = store.findByIds(model, ids, asked);
          const found = await (options.times ? options.times.during(store.name, read) : read);
          return ids.map((id) => invalid.get(id) ?? dated(found.get(id), asOf) ?? null);
        },
        { maxBatchSize: BATCH },
      );
      loaders.set(key, loader);
    }
    return loader;
  };

  const around: PlanSurroundings & { node: PlanSurroundings["node"] } = {
    node: options.replicas?.forRequest(),
    leftMs,
    optionsAt,
    spend,
    load: (store, model, settings, { root, id, selection }) =>
      loaderOf(store, model, extend(settings, { fields: selectedFields(selection, model) }), root).load(id),
    note: (entry, route) => {
      const key = `${entry.root} ${entry.model}`;
      freshness.set(key, entry);
      versions.set(key, route.version);
    },
    ...options,
  };

  return {
    open(root, model, demand) {
      const { maxStalenessMs } = demand;
      mostStaleMs =
        mostStaleMs === null || maxStalenessMs === undefined ? null : Math.min(mostStaleMs, maxStalenessMs);
      const roots = typeof root === "string" ? [root] : root;
      const plan = openPlan(around, roots[0] ?? "", model, demand);
      for (const one of roots) plans.set(one, plan);
      return plan;
    },
    planOf(root) {
      const plan = plans.get(root) ?? plans.get(root.split(" ", 1)[0] ?? root);
      if (!plan) throw new Error(`Root field ${root} has no read plan.`);
      return plan;
    },
    freshness: () => [...freshness.values()],
    rows: () => spent,
    mostStaleMs: () => (mostStaleMs === Number.POSITIVE_INFINITY ? null : mostStaleMs),
    versions() {
      const found = new Map<string, string>();
      for (const [key, { model }] of freshness) {
        const version = versions.get(key);
        // Two that differ: the mirror was in motion.
        if (version === undefined || (found.get(model) ?? version) !== version) return null;
        found.set(model, version);
      }
      return found;
    },
    forgetDocuments() {
      loaders.clear();
      around.node?.leave();
    },
    restart() {
      plans.clear();
      loaders.clear();
      freshness.clear();
      versions.clear();
      around.node = options.replicas?.forRequest();
      spent = 0;
      startedAt = performance.now();
    },
  };
}
