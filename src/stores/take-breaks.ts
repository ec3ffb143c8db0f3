import { setImmediate as nextRound } from "node:timers/promises";

/** The longest that one task computes before others have the event loop. */
const STRETCH_MS = 20;

/** For loops that compute: `if (rest.isDue()) await rest.take()`. */
export interface Breaks {
  isDue(): boolean;
  /** @throws the reason of the signal that it was made with */
  take(): Promise<void>;
}

/** Breaks for one computation, over when `signal` is aborted. */
export function takeBreaks(signal?: AbortSignal): Breaks {
  let since = performance.now();
  return {
    isDue: () => performance.now() - since >= STRETCH_MS,
    async take() {
      await nextRound();
      signal?.throwIfAborted();
      since = performance.now();
    },
  };
}
