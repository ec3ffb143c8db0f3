import type { DocumentStore } from "../stores/document-store.ts";

type StoreName = DocumentStore["name"];

/** Which store is asked first. */
export interface Turn {
  readonly store: StoreName;
  /** It may take all the time that there is: it is known to need much of it. Otherwise half, so that the other has a chance. */
  readonly mayTakeAll: boolean;
}

/** How long the stores took for questions of one kind, so that each kind goes to the store that answers it sooner. */
export interface AnswerTimes {
  /** `canExplore`: the other store may be tried now and then; else only when the mirror was slower. */
  choose(question: string, options: { readonly leftMs: number; readonly canExplore: boolean }): Turn;
  /** An answer, or a time-out, took so long. */
  note(question: string, store: StoreName, ms: number): void;
}

interface Seen {
  readonly ms: number;
  readonly at: number;
}

/** What is known of a kind of question. */
export interface Known {
  readonly mirror?: Seen;
  readonly live?: Seen;
  /** How often it was asked. */
  readonly asked: number;
}

/** Facts and servers change: what was seen longer ago is looked at again. */
const KEPT_MS = 600_000;
/** Of so many questions one goes to the slower store, unless that is slower by more than a factor. */
const EXPLORE_EVERY = 20;
const HOPELESS = 8;
/** The newest answer counts for so much. */
const WEIGHT = 0.3;
const MOST = 1000;

/** The store for the next question of a kind: the sooner one, or one of which too little is known. */
export function chooseSooner(
  { mirror, live, asked }: Known,
  {
    now,
    leftMs,
    canExplore,
  }: { readonly now: number; readonly leftMs: number; readonly canExplore: boolean },
): Turn {
  const isNews = (seen: Seen | undefined) => seen === undefined || now - seen.at > KEPT_MS;
  if (!mirror || isNews(mirror)) return { store: "mirror", mayTakeAll: false };
  if (!live || isNews(live)) return { store: canExplore ? "live" : "mirror", mayTakeAll: false };
  const [sooner, later] =
    mirror.ms <= live.ms ? (["mirror", "live"] as const) : (["live", "mirror"] as const);
  const seen = { mirror, live };
  const isDue = canExplore && asked % EXPLORE_EVERY === 0 && seen[later].ms <= seen[sooner].ms * HOPELESS;
  if (isDue) return { store: later, mayTakeAll: false };
  return { store: sooner, mayTakeAll: seen[sooner].ms > leftMs / 4 };
}

/** Measures in this process. `clock` (monotonic, milliseconds) is for tests. */
export function createAnswerTimes(clock: () => number = () => performance.now()): AnswerTimes {
  const known = new Map<string, Known>();
  const keep = (question: string, one: Known) => {
    known.delete(question);
    known.set(question, one);
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  };
  return {
    choose(question, { leftMs, canExplore }) {
      const before = known.get(question) ?? { asked: 0 };
      keep(question, { ...before, asked: before.asked + 1 });
      return chooseSooner({ ...before, asked: before.asked + 1 }, { now: clock(), leftMs, canExplore });
    },
    note(question, store, ms) {
      const before = known.get(question) ?? { asked: 0 };
      const last = before[store];
      const isKept = last !== undefined && clock() - last.at <= KEPT_MS;
      const mean = isKept ? last.ms + (ms - last.ms) * WEIGHT : ms;
      keep(question, { ...before, [store]: { ms: mean, at: clock() } });
    },
  };
}
