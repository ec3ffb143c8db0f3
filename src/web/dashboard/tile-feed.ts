import type { Row } from "../shared/chart/chart-rows.ts";
import type { Answer } from "./ask.ts";

/** What a tile shows: its last good picture, and what is wrong since. */
export interface TileState {
  /** Null: none came yet. */
  readonly rows: readonly Row[] | null;
  /** Everything committed before this moment is in the rows (milliseconds since 1970). */
  readonly asOf: number | null;
  readonly source: "LIVE" | "MIRROR" | null;
  readonly remark: string | null;
  /** Why the rows are not newer; null: they are as new as they are asked for. */
  readonly fault: string | null;
  /** A subscription tells when they change. */
  readonly isFollowed: boolean;
}

export interface TileFeedOptions {
  readonly ask: (signal: AbortSignal) => Promise<Answer>;
  /** Follows a subscription: told of every event, and whether it is connected. Null: the tile has none. */
  readonly follow: ((on: { event(): void; connected(is: boolean): void }) => () => void) | null;
  /** Told when somebody looks at the page again: what was not asked for meanwhile is asked at once. */
  readonly onWake: (wake: () => void) => () => void;
  /** Nobody looks: in turns nothing is asked. */
  readonly isHidden: () => boolean;
  /** 0: never. */
  readonly everyMs: number;
  readonly onState: (state: TileState) => void;
}

export const firstState: TileState = {
  rows: null,
  asOf: null,
  source: null,
  remark: null,
  fault: null,
  isFollowed: false,
};

/** A tile whose subscription tells it all asks this often all the same: a store that is away sends no event. */
const FOLLOWED_MS = 30_000;
/** Questions are this far apart: a hundred sales a second ask no more often, and the first is asked for at once. */
const GATHER_MS = 400;
/** How soon to ask again while changes are on their way into the mirror. */
const ARRIVING_MS = 700;
/** A question without an answer by then is given up: its connection may be dead though nobody closed it. */
const ANSWER_MS = 60_000;
/** A fault is tried again after this, then twice as long, up to the last. */
const [RETRY_MS, LAST_RETRY_MS] = [1000, 30_000];

/**
 * Keeps a tile current until it is ended: asks at once, at each event of its subscription, and in turns while none tells.
 * One question at a time. What fails leaves the last good rows.
 */
export function startTileFeed(options: TileFeedOptions): () => void {
  const { ask, follow, everyMs, onState } = options;
  const ending = new AbortController();
  let state = firstState;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let isAsking = false;
  let askedAt = 0;
  let isAsked = false;
  let retryMs = RETRY_MS;

  const tell = (change: Partial<TileState>) => {
    state = { ...state, ...change };
    if (!ending.signal.aborted) onState(state);
  };
  const askIn = (ms: number) => {
    const at = Date.now() + ms;
    if (ending.signal.aborted || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, ms);
  };
  async function run(): Promise<void> {
    dueAt = Number.POSITIVE_INFINITY;
    if (isAsking) {
      isAsked = true;
      return;
    }
    // Waking asks for what is left out now.
    if (options.isHidden() && state.rows !== null) return;
    isAsking = true;
    askedAt = Date.now();
    try {
      const { rows, freshness, remark } = await askInTime(ask, ending.signal);
      retryMs = RETRY_MS;
      tell({ rows, remark, fault: null, ...ageOf(freshness) });
      // What rang the bell may not be in the answer yet.
      const isArriving = freshness.some(({ pendingChanges }) => pendingChanges > 0);
      if (follow && isArriving) askIn(ARRIVING_MS);
      if (everyMs > 0) askIn(state.isFollowed ? Math.max(everyMs, FOLLOWED_MS) : everyMs);
    } catch (error) {
      tell({ fault: error instanceof Error ? error.message : String(error) });
      askIn(retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    } finally {
      isAsking = false;
      if (isAsked) askIn(GATHER_MS);
      isAsked = false;
    }
  }
  const stopWaking = options.onWake(() => askIn(0));
  const stop = follow?.({
    event: () => askIn(Math.max(0, askedAt + GATHER_MS - Date.now())),
    connected(isFollowed) {
      if (isFollowed === state.isFollowed) return;
      tell({ isFollowed });
      // Events may have been missed while nobody was told.
      askIn(isFollowed ? 0 : everyMs || RETRY_MS);
    },
  });
  void run();
  return () => {
    ending.abort();
    clearTimeout(timer);
    stop?.();
    stopWaking();
  };
}

/** @throws Error when the answer takes too long */
async function askInTime(ask: TileFeedOptions["ask"], ending: AbortSignal): Promise<Answer> {
  const late = new AbortController();
  const error = new Error(`The gateway did not answer within ${ANSWER_MS / 1000} s.`);
  const timer = setTimeout(() => late.abort(error), ANSWER_MS);
  try {
    return await ask(AbortSignal.any([ending, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function ageOf(freshness: Answer["freshness"]): Pick<TileState, "asOf" | "source"> {
  const moments = freshness.map(({ asOf }) => Date.parse(asOf)).filter((at) => !Number.isNaN(at));
  const source = freshness.some((entry) => entry.source === "MIRROR") ? "MIRROR" : "LIVE";
  return moments.length === 0 ? { asOf: Date.now(), source: null } : { asOf: Math.min(...moments), source };
}
