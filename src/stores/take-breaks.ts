import { setImmediate as nextRound } from "node:timers/promises";

/** The longest that one task computes before others have the event loop. */
const STRETCH_MS = 20;

/** For loops that compute: `if (rest.isDue()) await rest.take()`. @throws the signal's reason, from `take` */
export function takeBreaks(signal?: AbortSignal): { isDue(): boolean; take(): Promise<void> } {
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
