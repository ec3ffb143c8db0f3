/** The questions that the mirror lately could not answer in time: AUTO asks them live at once. */
export interface SlowQuestions {
  has(question: string): boolean;
  add(question: string): void;
}

/** Facts and servers change: after ten minutes the mirror may try again. */
const KEPT_MS = 600_000;
const MOST = 1000;

/** Remembers in this process. `clock` (monotonic, milliseconds) is for tests. */
export function createSlowQuestions(clock: () => number = () => performance.now()): SlowQuestions {
  const forgetAt = new Map<string, number>();
  return {
    has: (question) => (forgetAt.get(question) ?? Number.NEGATIVE_INFINITY) > clock(),
    add(question) {
      forgetAt.delete(question);
      forgetAt.set(question, clock() + KEPT_MS);
      const [oldest] = forgetAt.keys();
      if (forgetAt.size > MOST && oldest !== undefined) forgetAt.delete(oldest);
    },
  };
}
