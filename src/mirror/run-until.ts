import { VitrineError } from "../errors.ts";
import type { WorkerStatus } from "./events.ts";
import { pause } from "./wake-up.ts";

const EVERY_MS = 25;

/**
 * Lets `run` go on until `isDone`, then stops it. @throws VitrineError UNHEALTHY with the problems of the workers that
 * are waited for, as soon as one fails; the signal's reason when it is aborted
 */
export async function runUntil(
  run: (signal: AbortSignal) => Promise<void>,
  options: {
    readonly isDone: () => Promise<boolean>;
    /** Of the workers that are waited for. */
    readonly statuses: () => readonly WorkerStatus[];
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { isDone, statuses, signal } = options;
  const stop = new AbortController();
  const running = run(AbortSignal.any([signal, stop.signal]));
  try {
    while (!(await isDone())) {
      signal.throwIfAborted();
      const failing = statuses().filter((status) => status.state === "failing");
      const problems = failing.map((status) => `${status.model}: ${status.problem}`);
      if (problems.length > 0) throw new VitrineError("UNHEALTHY", problems.join("\n"));
      await pause(EVERY_MS, signal);
    }
  } finally {
    stop.abort();
    await running;
  }
}
