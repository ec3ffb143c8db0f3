import DataLoader from "dataloader";
import { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "../stores/document-store.ts";
import { whileWanted } from "../stores/time-limit.ts";
import type { WriteToken } from "../stores/write-token.ts";
import { isFaultOfStore, isTimeout, nameSlowStore } from "./read-faults.ts";
import type { SlowQuestions } from "./slow-questions.ts";

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
}

/** How old an answer of a store is. */
export interface Freshness {
  /** Snapshot that the mirror is complete up to; null for live. */
  readonly position: string | null;
  readonly lagMs: number;
  readonly pendingChanges: number;
  /** Everything committed before this moment is in the answer. */
  readonly asOf: string;
}

export interface Route {
  readonly store: DocumentStore["name"];
  readonly freshness: Freshness;
  /** False: MariaDB could not be asked just now, so that nothing is won by leaving the mirror. */
  readonly isLiveReachable: boolean;
  /** Where the mirror has the documents that this says the age of. */
  readonly collection?: string;
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

/** The way all documents under one root field are read. */
export interface ReadPlan {
  /**
   * Runs `work` on the store that this plan uses for the model; on live when the mirror fails under AUTO. What has
   * a `question` (a name for all that cost alike) goes live too when the mirror takes half of the time that is left,
   * and live at once when the mirror lately was too slow for it.
   */
  read<T>(
    model: DocumentModel,
    work: (store: DocumentStore, options: ReadOptions) => Promise<T>,
    question?: string,
  ): Promise<T>;
  /** One document, batched with the others that the request loads from the same store; null when there is none. */
  load(model: DocumentModel, id: DocumentId): Promise<Document | null>;
  /** Counts documents against the request's limit. @throws VitrineError LIMIT_EXCEEDED */
  spend(documents: number): void;
}

/** The reads of one request. */
export interface RequestReads {
  /** Opens the plan of a root field that reads `model`; null when its own answer is no document. */
  open(root: string, model: DocumentModel | null, demand: ReadDemand): ReadPlan;
  /** The plan that a root field opened. */
  planOf(root: string): ReadPlan;
  freshness(): readonly FreshnessEntry[];
  /** Documents read so far are read anew when asked for again: something was written. */
  forgetDocuments(): void;
  /** Forgets what was read: the next event of a subscription is an answer of its own. */
  restart(): void;
}

export interface ReadsOptions {
  readonly stores: Readonly<Record<DocumentStore["name"], DocumentStore>>;
  readonly route: Router;
  /** Aborted with the error to answer with, when the request takes too long or its client has gone. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Documents that one request may read. */
  readonly maxDocuments: number;
  readonly slowQuestions: SlowQuestions;
  /** Told about each read that had to leave the mirror. */
  readonly onFallback?: (model: string, error: unknown) => void;
}

/** Ids per batch: the stores' statements stay index lookups below 999. */
const BATCH = 500;

/** Creates the reads of one request: one loader per model, store and moment, shared by all its plans. */
export function createReads(options: ReadsOptions): RequestReads {
  const plans = new Map<string, ReadPlan>();
  const freshness = new Map<string, FreshnessEntry>();
  const loaders = new Map<string, DataLoader<DocumentId, Document | null>>();
  let spent = 0;
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

  const loaderOf = (store: DocumentStore, model: DocumentModel, { asOf, collection }: ReadOptions) => {
    const key = `${store.name} ${model.name} ${asOf} ${collection}`;
    let loader = loaders.get(key);
    if (!loader) {
      loader = new DataLoader(
        async (ids) => {
          spend(ids.length);
          const found = await store.findByIds(model, ids, { ...optionsAt(asOf), collection });
          return ids.map((id) => found.get(id) ?? null);
        },
        { maxBatchSize: BATCH },
      );
      loaders.set(key, loader);
    }
    return loader;
  };

  /** The rest is for live, which then still has a chance. */
  const halfOfTheTime = (): ReadOptions => {
    const timeoutMs = Math.max(Math.floor(leftMs() / 2), 1);
    // A server that hangs does not keep its own limit.
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
    return { ...optionsAt(undefined), timeoutMs, signal };
  };

  const openPlan = (root: string, model: DocumentModel | null, demand: ReadDemand): ReadPlan => {
    const routes = new Map<string, Route | Promise<Route>>();
    let rootStore: DocumentStore["name"] | undefined;
    const { asOf } = demand;

    const note = (target: DocumentModel, route: Route) => {
      freshness.set(`${root} ${target.name}`, {
        root: root.split(" ", 1)[0] ?? root,
        model: target.name,
        source: route.store === "live" ? "LIVE" : "MIRROR",
        ...route.freshness,
        ...(asOf === undefined ? {} : { asOf }),
      });
      return route;
    };
    /** Links read the store of their root; a model that the mirror cannot answer for is read live under AUTO. */
    const routeOf = (target: DocumentModel): Route | Promise<Route> => {
      const known = routes.get(target.name);
      if (known) return known;
      const asked = rootStore === "live" ? { ...demand, source: "LIVE" as const } : demand;
      const route = options.route(target, asked, options.signal);
      const noted = route instanceof Promise ? route.then((r) => note(target, r)) : note(target, route);
      routes.set(target.name, noted);
      return noted;
    };
    const goLive = async (target: DocumentModel) => {
      if (target === model) rootStore = "live";
      const live = note(target, await options.route(target, { ...demand, source: "LIVE" }, options.signal));
      routes.set(target.name, live);
      return live;
    };

    const plan: ReadPlan = {
      spend,
      async read(target, work, question) {
        // A look at the mirror's age is shared by all who wait: it goes on without this request.
        const routed = routeOf(target);
        let route = routed instanceof Promise ? await whileWanted(routed, options.signal) : routed;
        const isOnTrial = demand.source === "AUTO" && question !== undefined && route.isLiveReachable;
        if (isOnTrial && route.store === "mirror" && options.slowQuestions.has(question))
          route = await goLive(target);
        if (target === model) rootStore ??= route.store;
        const ask = (store: DocumentStore["name"], settings: ReadOptions) =>
          whileWanted(work(options.stores[store], settings), settings.signal ?? options.signal);
        if (demand.source !== "AUTO" || route.store === "live")
          return ask(route.store, { ...optionsAt(asOf), collection: route.collection }).catch(
            (error: unknown) => {
              throw nameSlowStore(error, target, route.store);
            },
          );
        try {
          const settings = isOnTrial ? halfOfTheTime() : optionsAt(asOf);
          return await ask("mirror", { ...settings, collection: route.collection });
        } catch (error) {
          options.signal.throwIfAborted();
          if (isOnTrial && isTimeout(error)) options.slowQuestions.add(question);
          else if (!isFaultOfStore(error)) throw nameSlowStore(error, target, "mirror");
          options.onFallback?.(target.name, error);
          return ask((await goLive(target)).store, optionsAt(asOf));
        }
      },
      load: (target, id) =>
        plan.read(target, (store, settings) => loaderOf(store, target, settings).load(id)),
    };
    return plan;
  };

  return {
    open(root, model, demand) {
      const plan = openPlan(root, model, demand);
      plans.set(root, plan);
      return plan;
    },
    planOf(root) {
      const plan = plans.get(root) ?? plans.get(root.split(" ", 1)[0] ?? root);
      if (!plan) throw new Error(`Root field ${root} has no read plan.`);
      return plan;
    },
    freshness: () => [...freshness.values()],
    forgetDocuments: () => loaders.clear(),
    restart() {
      plans.clear();
      loaders.clear();
      freshness.clear();
      spent = 0;
      startedAt = performance.now();
    },
  };
}
