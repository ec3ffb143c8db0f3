import { setTimeout as sleep } from "node:timers/promises";

/** A flag that one loop raises and another waits for. What is raised while nobody waits is not lost. */
export interface WakeUp {
  raise(): void;
  /** Lowers the flag and says whether it was up. */
  take(): boolean;
  /** Returns when the flag is up, after `ms`, or when the signal is aborted. Leaves the flag as it is. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A flag that is down at first. */
export function createWakeUp(): WakeUp {
  let isUp = false;
  let waiting: (() => void) | undefined;
  return {
    raise() {
      isUp = true;
      waiting?.();
    },
    take() {
      const was = isUp;
      isUp = false;
      return was;
    },
    async wait(ms, signal) {
      if (isUp || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms);
        function done() {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          waiting = undefined;
          resolve();
        }
        waiting = done;
        signal.addEventListener("abort", done);
      });
    },
  };
}

/** Waits; returns early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Runs `session` again and again until the signal is aborted. After a failure it waits: 50 ms, doubling to
 * 2 s, a random half of it, so that many loaders do not come back at once; after a second without failure
 * from the beginning again. `onFailure` says what happened; nothing is thrown.
 */
export async function keepRunning(
  session: () => Promise<void>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  let delay = 50;
  while (!signal.aborted) {
    const started = performance.now();
    try {
      await session();
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error);
      if (performance.now() - started > 1000) delay = 50;
      await pause(delay * (0.5 + Math.random() / 2), signal);
      delay = Math.min(delay * 2, 2000);
    }
  }
}
