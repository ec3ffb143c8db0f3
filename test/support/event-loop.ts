/** The longest stretch of computing, in milliseconds, that may keep everybody else of a process waiting. */
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
 * meanwhile the lesser counts, so that neither a busy machine nor threads beside (compilers, collectors) do. Not
 * `monitorEventLoopDelay`, which tells how late it was and not what of that was computing.
 */
export function watchEventLoop(): LoopWatch {
  let longest = 0;
  let lookedAt = performance.now();
  let before = process.cpuUsage();
  const look = () => {
    const { user, system } = process.cpuUsage(before);
    const late = performance.now() - lookedAt - LOOK_MS;
    longest = Math.max(longest, Math.min(late, (user + system) / 1000));
    lookedAt = performance.now();
    before = process.cpuUsage();
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    longest() {
      look();
      return longest;
    },
    stop: () => clearInterval(timer),
  };
}
