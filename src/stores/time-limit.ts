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
 * A signal that is aborted after `ms`, or as soon as one of `signals` is, with its reason. Not `AbortSignal.any` over
 * `AbortSignal.timeout`: nothing holds the latter there, and once it is collected as garbage nobody is told of the end.
 */
export function endAfter(ms: number, ...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const end = (reason: unknown) => {
    clearTimeout(timer);
    controller.abort(reason);
  };
  const late = () => end(new DOMException(`It took longer than ${ms} ms.`, "TimeoutError"));
  const timer = setTimeout(late, ms).unref();
  for (const signal of signals)
    if (signal.aborted) end(signal.reason);
    else
      signal.addEventListener("abort", () => end(signal.reason), { once: true, signal: controller.signal });
  return controller.signal;
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
    const end = () => signal.removeEventListener("abort", abort);
    // Two handlers of one promise: `finally` would make two more of each of them, at every layer of every read.
    promise.then(
      (value) => {
        end();
        if (isOver) giveBack?.(value);
        else resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
