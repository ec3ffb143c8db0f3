import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { FreshnessMeter, MirrorFreshness } from "./freshness.ts";
import type { LiveNode, RequestNode } from "./replicas.ts";
import type { WriteToken } from "./write-token.ts";

export interface StoreDemand {
  readonly source: "AUTO" | "LIVE" | "MIRROR";
  /** Oldest mirror that is good enough; undefined: `defaultMaxStalenessMs`, which is a wish and no promise. */
  readonly maxStalenessMs: number | undefined;
  /** The write that the answer must show. */
  readonly afterWrite?: WriteToken | undefined;
  /** The moment whose state is asked for. */
  readonly asOf?: string | undefined;
  /** Of its request. Default: the primary answers. */
  readonly node?: RequestNode | undefined;
}

export interface StoreChoice {
  readonly store: "live" | "mirror";
  /** A sentence: why this store. */
  readonly reason: string;
}

/**
 * Which store answers. AUTO takes the mirror unless it is missing, not rebuilt, away or too old; then live. With
 * MariaDB away there is no live: AUTO then takes the mirror of any age, unless the query itself set a limit.
 * @throws VitrineError MIRROR_UNAVAILABLE when MIRROR is demanded and cannot be given
 */
export function chooseStore(options: {
  readonly demand: StoreDemand;
  readonly model: string;
  readonly freshness: MirrorFreshness;
  readonly mirrorReachable: boolean;
  readonly defaultMaxStalenessMs: number;
}): StoreChoice {
  const { demand, model, freshness, mirrorReachable, defaultMaxStalenessMs } = options;
  if (demand.source === "LIVE") return { store: "live", reason: "The query asks for it." };
  const limit = demand.maxStalenessMs ?? defaultMaxStalenessMs;
  const isWish = demand.maxStalenessMs === undefined;
  const obstacle = !mirrorReachable
    ? "MongoDB cannot be reached"
    : freshness.unusable
      ? freshness.unusable
      : freshness.lagMs > limit && !(isWish && (demand.source === "MIRROR" || !freshness.isCurrent))
        ? `it lags ${freshness.lagMs} ms, more than ${limit} ms`
        : null;
  if (obstacle === null) {
    const reason = demand.source === "MIRROR" ? "The query asks for it." : "The mirror is fresh enough.";
    return {
      store: "mirror",
      reason: freshness.lagMs > limit ? "MariaDB cannot be reached to read live." : reason,
    };
  }
  if (demand.source === "MIRROR")
    throw new VitrineError("MIRROR_UNAVAILABLE", `The mirror of ${model} cannot answer: ${obstacle}.`, {
      details: { model, lagMs: freshness.lagMs },
    });
  return { store: "live", reason: `The mirror cannot answer: ${obstacle}.` };
}

/** What a root field is told about the store that answers it. */
export interface StoreRoute extends StoreChoice {
  readonly freshness: {
    readonly position: string | null;
    readonly lagMs: number;
    readonly pendingChanges: number;
    /** RFC 3339: everything committed before this moment is in the answer. */
    readonly asOf: string;
    /** The server that answers, of several that may; of live only. */
    readonly node?: string;
  };
  /** The replica that answers; absent: the primary, or the mirror. */
  readonly node?: string;
  /** False: MariaDB could not be asked just now. */
  readonly isLiveReachable: boolean;
  /** Documents that the mirror lacks or has in an older state. */
  readonly rejected: number;
  /** Where the mirror has the documents that this says the age of. */
  readonly collection?: string;
  /** Names its contents; absent while changes are on their way. */
  readonly version?: string;
}

export interface StoreRouterOptions {
  readonly meter: FreshnessMeter;
  readonly mirrorReachable: () => boolean;
  /** The same, after waiting a little for one that is about to be: for those who want no other. Default: nobody waits. */
  readonly awaitMirror?: () => Promise<boolean>;
  readonly defaultMaxStalenessMs: number;
  /** The server that takes writes, where its address names several. */
  readonly primary?: PrimaryNow | undefined;
}

/** A router that asks `meter` for every model and demand; of one that asks for live without a choice of servers it knows at once. */
export function createStoreRouter(options: StoreRouterOptions) {
  const live = (choice: StoreChoice, demand: StoreDemand) => toLive(choice, demand, options.primary);
  const byAge = async (model: DocumentModel, demand: StoreDemand): Promise<StoreRoute> => {
    const { mirrorReachable, awaitMirror } = options;
    const isAwaited = demand.source === "MIRROR" && awaitMirror !== undefined;
    const isReachable = isAwaited ? await awaitMirror() : mirrorReachable();
    const freshness = await options.meter.of(model, demand.maxStalenessMs);
    const choice = chooseStore({
      demand,
      model: model.name,
      freshness,
      mirrorReachable: isReachable,
      defaultMaxStalenessMs: options.defaultMaxStalenessMs,
    });
    if (choice.store === "live") return live(choice, demand);
    const { store, reason } = choice;
    return {
      store,
      reason,
      freshness: {
        position: String(freshness.position),
        lagMs: freshness.lagMs,
        pendingChanges: freshness.pendingChanges,
        asOf: new Date(freshness.asOf).toISOString(),
      },
      isLiveReachable: freshness.isCurrent,
      rejected: freshness.rejected,
      ...(freshness.collection === undefined ? {} : { collection: freshness.collection }),
      ...(freshness.version === undefined ? {} : { version: freshness.version }),
    };
  };
  return (model: DocumentModel, demand: StoreDemand): StoreRoute | Promise<StoreRoute> =>
    demand.source === "LIVE"
      ? live({ store: "live", reason: "The query asks for it." }, demand)
      : byAge(model, demand);
}

/** The server that takes writes, and how long ago it was last known to; undefined: an address names it alone. */
export type PrimaryNow = () => { readonly host: string; readonly provenMsAgo: number } | undefined;

function toLive(
  choice: StoreChoice,
  { node, afterWrite: token, asOf }: StoreDemand,
  primary: PrimaryNow | undefined,
): StoreRoute | Promise<StoreRoute> {
  if (!node) return toNode(choice, null, primary);
  return node.choose({ token, asOf }).then((chosen) => toNode(choice, chosen, primary));
}

/** A replica says how far it is behind; the primary of several that it was the primary, no longer ago than that. */
function toNode(choice: StoreChoice, node: LiveNode | null, primary: PrimaryNow | undefined): StoreRoute {
  const one = primary?.();
  const lagMs = node ? node.lagMs : Math.ceil(one?.provenMsAgo ?? 0);
  const host = node?.host ?? one?.host;
  const asOf = new Date(node ? node.asOf : Date.now() - lagMs).toISOString();
  const freshness = { position: null, lagMs, pendingChanges: 0, asOf };
  const { store, reason } = choice;
  const route = { store, reason, freshness, isLiveReachable: true, rejected: 0 };
  if (host === undefined) return route;
  const told = { ...route, freshness: { ...freshness, node: host } };
  return node ? { ...told, node: node.host } : told;
}
