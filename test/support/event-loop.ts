import { readFileSync } from "node:fs";

/** The longest stretch of computing, in milliseconds, that may keep everybody else of a process waiting. */
export const MAX_STRETCH_MS = 250;

/** How often the event loop is looked at, in milliseconds. */
const LOOK_MS = 10;

/** A turn of the event loop in which nobody else had one. */
export interface Stretch {
  /** Milliseconds of `performance.now()`. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds that were computed, not waited for a processor. */
  readonly computedMs: number;
}

/** Looks at the event loop of this process until it is stopped. */
export interface LoopWatch {
  /** The stretches so far in which more than `MAX_STRETCH_MS` were computed. */
  long(): readonly Stretch[];
  stop(): void;
}

/**
 * Measures for how long the event loop is held up, in processor time: of how late it is and what the thread computed
 * meanwhile the lesser counts, so that neither a busy machine nor threads beside (compilers, collectors) do. Not
 * `monitorEventLoopDelay`, which tells how late it was and not what of that was computing.
 */
export function watchEventLoop(): LoopWatch {
  const long: Stretch[] = [];
  let from = performance.now();
  let before = readComputedMs();
  const look = () => {
    const to = performance.now();
    const now = readComputedMs();
    const computedMs = Math.min(to - from - LOOK_MS, now - before);
    if (computedMs > MAX_STRETCH_MS) long.push({ from, to, computedMs });
    from = to;
    before = now;
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    long() {
      look();
      return long;
    },
    stop: () => clearInterval(timer),
  };
}

/** Processor time of this thread where the system tells it, else of all threads of the process; milliseconds. */
export function readComputedMs(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ", 1)[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
