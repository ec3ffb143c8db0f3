import { describeNoPlace, readServerPlace, type ServerPlace } from "../core/server-place.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { standingOf } from "../stores/mongodb/branches.ts";
import { judgeReplica, type Sample } from "./judge-replica.ts";
import type { WriteToken } from "./write-token.ts";

/** A server that live reads may be answered by. */
export interface LiveNode {
  /** `host:port`. */
  readonly host: string;
  /** Everything committed so long ago is there. */
  readonly lagMs: number;
  /** The same as a moment by the primary's clock, in milliseconds since 1970. */
  readonly asOf: number;
}

/** What a read must be shown. */
export interface NodeNeeds {
  readonly token?: WriteToken | undefined;
  /** A moment of the past, RFC 3339: all that was written by then. */
  readonly asOf?: string | undefined;
}

/** The server that answers the live reads of one request: the same one, or the primary from some read on. */
export interface RequestNode {
  /** Null: the primary. Never rejects. */
  choose(needs: NodeNeeds): Promise<LiveNode | null>;
  /** The primary answers from now on: something was written, or the replica has failed. */
  leave(): void;
}

export interface ReplicaState {
  readonly host: string;
  /** Everything committed so long ago is there; null: nobody knows. */
  readonly behindMs: number | null;
  /** Why it is left out; null when it is not. */
  readonly problem: string | null;
}

/** Replicas that answer live reads in place of the primary. */
export interface Replicas {
  /** The pools that reads are sent over, by `host:port`. */
  readonly readers: ReadonlyMap<string, MariaDb>;
  forRequest(): RequestNode;
  /** How each is, as of the last look, a quarter of a second ago or less. */
  states(): readonly ReplicaState[];
  /** Asks all now: one promise for each, which are kept when it has answered or cannot. */
  look(): readonly Promise<unknown>[];
  close(): void;
}

export interface ReplicasOptions {
  /** The server that takes writes. */
  readonly primary: MariaDb;
  /** Pools that nothing but looks at them is asked of, by `host:port`. */
  readonly replicas: ReadonlyMap<string, MariaDb>;
  readonly readers: ReadonlyMap<string, MariaDb>;
  /** One that is further behind answers nothing. */
  readonly maxLagMs: number;
}

const LOOK_MS = 250;
/** So far back is known where the primary was. */
const SAMPLES_KEPT_MS = 60_000;

interface Known {
  /** When it was asked, monotonic. */
  readonly at: number;
  readonly place: ServerPlace | null;
  readonly problem: string | null;
}

/** Looks at all of them several times a second, until it is closed. */
export function followReplicas({ primary, replicas, readers, maxLagMs }: ReplicasOptions): Replicas {
  const known = new Map<string, Known>();
  let samples: readonly Sample[] = [];
  let turn = 0;
  let isSameRound = false;
  /** Requests of one round of the event loop have one turn: what they ask for by id is one statement then. */
  const nextTurn = (): number => {
    if (isSameRound) return turn;
    isSameRound = true;
    setImmediate(() => {
      isSameRound = false;
    });
    turn += 1;
    return turn;
  };

  const lookAtPrimary = async () => {
    const at = performance.now();
    const place = await readServerPlace(primary);
    const kept = samples.filter((one) => at - one.at < SAMPLES_KEPT_MS);
    samples = [{ at, place }, ...kept];
  };
  const lookAt = async (host: string, db: MariaDb): Promise<Known> => {
    const at = performance.now();
    const seen = await readServerPlace(db).then(
      (place) => ({ at, place, problem: null }),
      (error: unknown) => ({ at, place: null, problem: describeNoPlace(error) }),
    );
    known.set(host, seen);
    return seen;
  };
  const look = () => [
    // Its answers grow old meanwhile, and say so.
    lookAtPrimary().catch(() => undefined),
    ...[...replicas].map(([host, db]) => lookAt(host, db)),
  ];
  const asking = new Set<string>();
  const every = (name: string, ask: () => Promise<unknown>) => {
    // One that hangs holds up no look at another.
    if (asking.has(name)) return;
    asking.add(name);
    void ask()
      .catch(() => undefined)
      .finally(() => asking.delete(name));
  };
  const timer = setInterval(() => {
    every("", lookAtPrimary);
    for (const [host, db] of replicas) every(host, () => lookAt(host, db));
  }, LOOK_MS);
  timer.unref();

  const nodeOf = (host: string, { at, place, problem }: Known): LiveNode | string => {
    if (!place) return problem ?? "it has not answered yet";
    // What it said then may be true all the same, of a node of a cluster for ever; whoever asks it would wait.
    if (performance.now() - at > maxLagMs + LOOK_MS)
      return `it has not answered for more than ${maxLagMs} ms`;
    const { covers, problem: fault } = judgeReplica(place, samples);
    if (!covers) return fault;
    return { host, lagMs: Math.ceil(performance.now() - covers.at), asOf: covers.place.clock };
  };
  const usable = (): readonly LiveNode[] =>
    [...known].flatMap(([host, one]) => {
      const node = nodeOf(host, one);
      return typeof node !== "string" && node.lagMs <= maxLagMs ? [node] : [];
    });

  const hasToken = (place: ServerPlace | null | undefined, { n, incarnation }: WriteToken): boolean =>
    place?.position.incarnation === incarnation
      ? place.position.n >= n
      : place != null && standingOf({ n, incarnation }, place.position) === "shared";
  /** `only`: this one, or none. */
  const choose = async ({ token, asOf }: NodeNeeds, only?: string): Promise<LiveNode | null> => {
    const moment = asOf === undefined ? Number.NEGATIVE_INFINITY : Date.parse(asOf);
    const fit = usable().filter((node) => node.asOf >= moment && (only ?? node.host) === node.host);
    const start = nextTurn() % Math.max(1, fit.length);
    const inTurn = [...fit.slice(start), ...fit.slice(0, start)];
    if (!token) return inTurn[0] ?? null;
    const there = inTurn.find(({ host }) => hasToken(known.get(host)?.place, token));
    if (there) return there;
    const [first] = inTurn;
    const db = first && replicas.get(first.host);
    // Positions replicate in the order of commits: whoever knows the token has the write.
    if (!first || !db) return null;
    return hasToken((await lookAt(first.host, db)).place, token) ? first : null;
  };

  return {
    ...{ readers, look },
    forRequest() {
      let chosen: string | undefined;
      let isLeft = false;
      const decide = async (needs: NodeNeeds) => {
        const found = isLeft ? null : await choose(needs, chosen);
        // From now on also for those that it would do for: nothing is read that is older than what was.
        if (!found) isLeft = true;
        else chosen = found.host;
        return isLeft ? null : found;
      };
      let last: Promise<unknown> = Promise.resolve();
      return {
        choose(needs) {
          const next = last.then(() => decide(needs)).catch(() => null);
          last = next;
          return next;
        },
        leave() {
          isLeft = true;
        },
      };
    },
    states: () =>
      [...replicas.keys()].map((host) => {
        const node = nodeOf(host, known.get(host) ?? { at: 0, place: null, problem: null });
        if (typeof node === "string") return { host, behindMs: null, problem: node };
        const isLate = node.lagMs > maxLagMs;
        return {
          host,
          behindMs: node.lagMs,
          problem: isLate ? `it is more than ${maxLagMs} ms behind` : null,
        };
      }),
    close: () => clearInterval(timer),
  };
}
