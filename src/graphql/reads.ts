import DataLoader from "dataloader";
import { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "../stores/document-store.ts";
import { whileWanted } from "../stores/time-limit.ts";
import { isAway, isFaultOfStore, isInvalid, isTimeout, nameSlowStore } from "./read-faults.ts";
import type { FreshnessEntry, ReadDemand, ReadPlan, Route, Router } from "./read-plan.ts";
import { type Selection, selectedFields } from "./selected-fields.ts";
import type { SlowQuestions } from "./slow-questions.ts";

export type * from "./read-plan.ts";

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

  /** The executor gives all items of a list the same nodes. */
  const selections = new WeakMap<Selection["fieldNodes"], readonly string[]>();
  const fieldsOf = (selection: Selection, model: DocumentModel): readonly string[] => {
    const fields = selections.get(selection.fieldNodes) ?? selectedFields(selection, model);
    selections.set(selection.fieldNodes, fields);
    return fields;
  };

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
    { asOf, collection, fields }: ReadOptions,
  ) => {
    const key = `${store.name} ${model.name} ${asOf} ${collection} ${fields}`;
    let loader = loaders.get(key);
    if (!loader) {
      loader = new DataLoader(
        async (ids) => {
          spend(ids.length);
          const invalid = new Map<DocumentId, Error>();
          const onInvalid = (id: DocumentId, error: Error) => invalid.set(id, error);
          const found = await store.findByIds(model, ids, {
            ...optionsAt(asOf),
            collection,
            fields,
            onInvalid,
          });
          return ids.map((id) => invalid.get(id) ?? found.get(id) ?? null);
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

    /**
     * What the mirror says where live cannot; undefined when it cannot either. A limit to its age and a write that it
     * must show are promises that its route keeps.
     */
    const askMirror = async <T>(
      target: DocumentModel,
      ask: (store: "mirror", settings: ReadOptions, mayLeaveOut: boolean) => Promise<T>,
    ): Promise<{ readonly answer: T } | undefined> => {
      try {
        const route = await options.route(target, { ...demand, source: "MIRROR" }, options.signal);
        const answer = await ask("mirror", { ...optionsAt(asOf), collection: route.collection }, false);
        routes.set(target.name, note(target, route));
        if (target === model) rootStore = "mirror";
        return { answer };
      } catch {
        options.signal.throwIfAborted();
        return undefined;
      }
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
        const ask = (store: DocumentStore["name"], settings: ReadOptions, mayLeaveOut = true) =>
          whileWanted(
            work(options.stores[store], { ...settings, mayLeaveOut }),
            settings.signal ?? options.signal,
          );
        const { collection } = route;
        if (demand.source !== "AUTO")
          return ask(route.store, { ...optionsAt(asOf), collection }).catch((error: unknown) => {
            throw nameSlowStore(error, target, route.store);
          });
        if (route.store === "live")
          try {
            return await ask("live", optionsAt(asOf), false);
          } catch (error) {
            options.signal.throwIfAborted();
            if (!isInvalid(error) && !isAway(error)) throw nameSlowStore(error, target, "live");
            const found = await askMirror(target, ask);
            if (found) return found.answer;
            if (isAway(error)) throw error;
            return await ask("live", optionsAt(asOf));
          }
        try {
          const settings = isOnTrial ? halfOfTheTime() : optionsAt(asOf);
          return await ask("mirror", { ...settings, collection }, false);
        } catch (error) {
          options.signal.throwIfAborted();
          if (isOnTrial && isTimeout(error)) options.slowQuestions.add(question);
          else if (!isFaultOfStore(error)) throw nameSlowStore(error, target, "mirror");
          options.onFallback?.(target.name, error);
          return ask((await goLive(target)).store, optionsAt(asOf));
        }
      },
      load: (target, id, selection) => {
        const fields = fieldsOf(selection, target);
        return plan.read(target, (store, settings) =>
          loaderOf(store, target, { ...settings, fields }).load(id),
        );
      },
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
