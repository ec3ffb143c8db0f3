/** How long somebody waits for an answer: until the time is up, or until nobody wants it any more. */
export interface TimeLimit {
  /** Aborted when the wait is over, with the error to answer with. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left, not less than 1; Infinity where only the signal ends the wait. */
  leftMs(): number;
}

/** The limit of a wait that begins now. */
export function startTimeLimit(options: {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}): TimeLimit {
  const { signal = new AbortController().signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
  const endsAt = performance.now() + timeoutMs;
  return { signal, leftMs: () => Math.max(endsAt - performance.now(), 1) };
}

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as that is aborted: whoever waits is told at
 * once. What comes later all the same goes to `giveBack`. @param isHeld while true, an abort is not heard
 */
export function whileWanted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  giveBack?: (late: T) => void,
  isHeld: () => boolean = () => false,
): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const abort = () => {
      if (isHeld()) return;
      isOver = true;
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    promise
      .then((value) => {
        if (isOver) giveBack?.(value);
        else resolve(value);
      }, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
