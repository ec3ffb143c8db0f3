import { extend } from "../extend.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "../stores/document-store.ts";
import { endAfter, whileWanted } from "../stores/time-limit.ts";
import { observeCall, observeReads } from "./observe-reads.ts";
import type { PlanSurroundings } from "./plan-surroundings.ts";
import {
  isAway,
  isFaultOfStore,
  isInvalid,
  isMirrorLost,
  isTimeout,
  isUnknownThere,
  nameSlowStore,
} from "./read-faults.ts";
import type {
  FreshnessEntry,
  PlanOptions,
  ReadDemand,
  ReadPlan,
  Route,
  Shortcut,
  Work,
} from "./read-plan.ts";

type StoreName = DocumentStore["name"];

/** What the mirror is asked: the model itself, or one whose documents give the same answer. */
interface MirrorWay<T> {
  readonly model: DocumentModel;
  readonly route: Route;
  readonly work: Work<T>;
  readonly isShortcut: boolean;
}

/** Why nobody waits any more; an error that is made for each answer would take longer than its plan. */
const ANSWERED = "The answer is there.";

/** Opens the plan of a root field that reads `model`; null when its own answer is no document. */
export function openPlan(
  around: PlanSurroundings,
  root: string,
  model: DocumentModel | null,
  asked: ReadDemand,
): ReadPlan {
  const { asOf } = asked;
  const demand = extend(asked, { node: around.node });
  const { signal, optionsAt, explainer } = around;
  const field = root.split(" ", 1)[0] ?? root;
  const observed = observeReads(around, root);
  const routes = new Map<string, Route | Promise<Route>>();
  let rootStore: StoreName | undefined;

  const note = (target: DocumentModel, route: Route, why = route.reason, isOwn = target === model) => {
    const source = route.store === "live" ? "LIVE" : "MIRROR";
    const now: FreshnessEntry = { root: field, model: target.name, source, ...route.freshness };
    const entry = asOf === undefined ? now : { ...now, asOf };
    around.note(entry, route);
    explainer?.chose(root, { name: target.name, isOwn }, { store: route.store, why: why ?? "" });
    return route;
  };
  /** Links read the store of their root; a model that the mirror cannot answer for is read live under AUTO. */
  const routeOf = (target: DocumentModel): Route | Promise<Route> => {
    const known = routes.get(target.name);
    if (known) return known;
    const wanted = rootStore === "live" ? { ...demand, source: "LIVE" as const } : demand;
    const route = around.route(target, wanted, signal);
    const noted = route instanceof Promise ? route.then((r) => note(target, r)) : note(target, route);
    routes.set(target.name, noted);
    return noted;
  };
  const goLive = async (target: DocumentModel, why: string) => {
    if (target === model) rootStore = "live";
    const live = note(target, await around.route(target, { ...demand, source: "LIVE" }, signal), why);
    routes.set(target.name, live);
    return live;
  };
  const ask = <T>(store: StoreName, work: Work<T>, settings: PlanOptions) =>
    whileWanted(work(around.stores[store], settings), settings.signal ?? signal);
  /** On the server that the route names; on the primary when that is a replica, and fails. */
  const askLive = async <T>(target: DocumentModel, work: Work<T>, settings: PlanOptions): Promise<T> => {
    const { node } = await routeOf(target);
    if (node === undefined) return ask("live", work, settings);
    try {
      return await ask("live", work, extend(settings, { node }));
    } catch (error) {
      signal.throwIfAborted();
      if (!isAway(error) && !isUnknownThere(error)) throw error;
      demand.node?.leave();
      await goLive(target, "The replica that was asked is away, or cannot give it yet.");
      return ask("live", work, settings);
    }
  };

  /** The first shortcut whose mirror may be asked; undefined when there is none. */
  const takeShortcut = async <T>(shortcuts: readonly Shortcut<T>[]): Promise<MirrorWay<T> | undefined> => {
    if (demand.source === "LIVE" || asOf !== undefined) return undefined;
    for (const { model: target, work } of shortcuts)
      try {
        const route = await whileWanted(Promise.resolve(around.route(target, demand, signal)), signal);
        // A group that a roll-up lacks would be missing in the answer, and the facts have it.
        if (route.store === "mirror" && route.rejected === 0)
          return { model: target, route, work, isShortcut: true };
      } catch (error) {
        signal.throwIfAborted();
        if (!isFaultOfStore(error)) throw error;
      }
    return undefined;
  };
  const askMirror = async <T>(target: DocumentModel, way: MirrorWay<T>, settings: PlanOptions) => {
    const answer = await ask("mirror", way.work, extend(settings, { collection: way.route.collection }));
    const covers = `Its groups hold the answer to the question to ${target.name}.`;
    if (way.isShortcut) note(way.model, way.route, covers, target === model);
    else routes.set(target.name, way.route);
    if (target === model) rootStore = "mirror";
    return answer;
  };
  /**
   * What the mirror says where live cannot; undefined when it cannot either. A limit to its age and a write that it
   * must show are promises that its route keeps.
   */
  const fallToMirror = async <T>(
    target: DocumentModel,
    way: MirrorWay<T> | undefined,
    work: Work<T>,
  ): Promise<{ readonly answer: T } | undefined> => {
    try {
      const route = way?.route ?? (await around.route(target, { ...demand, source: "MIRROR" }, signal));
      const found = way ?? { model: target, route, work, isShortcut: false };
      const answer = await askMirror(target, found, extend(optionsAt(asOf), { mayLeaveOut: false }));
      if (!found.isShortcut) note(target, route, "Live cannot give it, or took too long.");
      return { answer };
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  };
  /** The rest is for the other store, which then still has a chance. */
  const halfOfTheTime = (over: AbortSignal): ReadOptions => {
    const timeoutMs = Math.max(Math.floor(around.leftMs() / 2), 1);
    // A server that hangs does not keep its own limit.
    return extend(optionsAt(undefined), { timeoutMs, signal: endAfter(timeoutMs, signal, over) });
  };
  /** The same work, of which `answerTimes` learns how long it takes. */
  const measured =
    <T>(work: Work<T>, question: string): Work<T> =>
    async (store, settings) => {
      const startedAt = performance.now();
      const tell = (factor: number) =>
        around.answerTimes.note(question, store.name, (performance.now() - startedAt) * factor);
      try {
        const answer = await whileWanted(work(store, settings), settings.signal ?? signal);
        tell(1);
        return answer;
      } catch (error) {
        // It would have taken longer.
        if (isTimeout(error)) tell(2);
        throw error;
      }
    };

  /** AUTO: the store that answers sooner, or the mirror when nothing was measured; then the other one. */
  const readAuto = async <T>(
    target: DocumentModel,
    way: MirrorWay<T> | undefined,
    work: Work<T>,
    question: string | undefined,
  ): Promise<T> => {
    const isMeasured = question !== undefined && way?.route.isLiveReachable === true;
    const ofFacts = isMeasured ? measured(work, question) : work;
    const ofMirror = way && isMeasured ? { ...way, work: measured(way.work, question) } : way;
    const turn = isMeasured
      ? around.answerTimes.choose(question, { leftMs: around.leftMs(), canExplore: !way.isShortcut })
      : { store: way ? ("mirror" as const) : ("live" as const), mayTakeAll: true };
    // Nothing of a limit outlives the answer.
    const over = new AbortController();
    const options = turn.mayTakeAll ? optionsAt(asOf) : halfOfTheTime(over.signal);
    const settings = extend(options, { mayLeaveOut: false });
    const wasCut = (error: unknown) => !turn.mayTakeAll && isTimeout(error);
    if (ofMirror && turn.store === "mirror")
      try {
        return await askMirror(target, ofMirror, settings).finally(() => over.abort(ANSWERED));
      } catch (error) {
        signal.throwIfAborted();
        if (!wasCut(error) && !isFaultOfStore(error)) throw nameSlowStore(error, target, "mirror");
        around.onFallback?.(target.name, error);
        await goLive(target, "The mirror failed, or took too long.");
        return askLive(target, ofFacts, extend(optionsAt(asOf), { mayLeaveOut: true }));
      }
    if (way) await goLive(target, "Live has answered such questions sooner, or its time is looked at again.");
    else if (target === model) rootStore ??= "live";
    try {
      return await askLive(target, ofFacts, settings).finally(() => over.abort(ANSWERED));
    } catch (error) {
      signal.throwIfAborted();
      if (!wasCut(error) && !isInvalid(error) && !isAway(error)) throw nameSlowStore(error, target, "live");
      const found = await fallToMirror(target, ofMirror, ofFacts);
      if (found) return found.answer;
      if (!isInvalid(error)) throw nameSlowStore(error, target, "live");
      return await askLive(target, ofFacts, extend(optionsAt(asOf), { mayLeaveOut: true }));
    }
  };

  /** A set that elects breaks off what it has begun: once more when it has a primary, which the route waits for. */
  const askAgain = async <T>(target: DocumentModel, work: Work<T>, error: unknown): Promise<T> => {
    signal.throwIfAborted();
    if (!isMirrorLost(error)) throw error;
    const route = note(target, await around.route(target, demand, signal));
    const way = { model: target, route, work, isShortcut: false };
    return askMirror(target, way, extend(optionsAt(asOf), { mayLeaveOut: true }));
  };

  const read: ReadPlan["read"] = async (target, work, { question, shortcuts = [] } = {}) => {
    const shortcut = shortcuts.length === 0 ? undefined : await takeShortcut(shortcuts);
    // A look at the mirror's age is shared by all who wait: it goes on without this request.
    const routed = shortcut?.route ?? routeOf(target);
    const route = routed instanceof Promise ? await whileWanted(routed, signal) : routed;
    const own = { model: target, route, work, isShortcut: false };
    const way = shortcut ?? (route.store === "mirror" ? own : undefined);
    if (demand.source === "AUTO") return readAuto(target, way, work, question);
    if (target === model) rootStore ??= route.store;
    const settings = extend(optionsAt(asOf), { mayLeaveOut: true });
    const answer = way
      ? askMirror(target, way, settings).catch((error: unknown) => askAgain(target, work, error))
      : askLive(target, work, settings);
    return answer.catch((error: unknown) => {
      throw nameSlowStore(error, target, route.store);
    });
  };
  return {
    signal,
    spend: around.spend,
    read: observed
      ? (target, work, { question, shortcuts = [] } = {}) => {
          const seen = shortcuts.map((one) => ({ ...one, work: observed(one.model, one.work) }));
          return read(target, observed(target, work), { question, shortcuts: seen });
        }
      : read,
    load(target, id, selection) {
      const work: Work<Document | null> = (store, settings) =>
        around.load(store, target, settings, { root, id, selection });
      return read(target, observed ? observed(target, work, true) : work);
    },
    call: (procedure, answer) => observeCall(around, root, procedure, answer),
  };
}
