import { monitorEventLoopDelay } from "node:perf_hooks";

/** The longest stretch of computing, in milliseconds, that keeps everybody else of a process waiting. */
export const MAX_STRETCH_MS = 250;

/** How often the event loop is looked at, in milliseconds. */
const LOOK_MS = 10;

/** Looks at the event loop of this process until it is stopped. */
export interface LoopWatch {
  /** The longest stretch so far, in milliseconds. */
  longest(): number;
  stop(): void;
}

/**
 * Measures for how long the event loop is held up, in processor time: of how late it is and what the process computed
 * meanwhile the lesser counts, so that neither a busy machine nor threads beside (compilers, collectors) do.
 */
export function watchEventLoop(): LoopWatch {
  const delays = monitorEventLoopDelay({ resolution: LOOK_MS });
  delays.enable();
  let longest = 0;
  let before = process.cpuUsage();
  const look = () => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    // In nanoseconds and microseconds.
    longest = Math.max(longest, Math.min(delays.max / 1e6 - LOOK_MS, (user + system) / 1000));
    delays.reset();
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    longest() {
      look();
      return longest;
    },
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
