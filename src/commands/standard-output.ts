import { VitrineError } from "../errors.ts";

/** What is left of a stream here: its errors come to the callback of `write`, and as an event. */
export interface OutputStream {
  readonly isTTY?: boolean;
  write(data: Uint8Array, done: (error?: Error | null) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Standard output, which whoever reads it may close at any time (`vitrine verify | head -1`). */
export interface StandardOutput {
  readonly isTerminal: boolean;
  /** Written as it is, together with what else is printed in this turn. */
  print(data: string | Uint8Array): void;
  /** From now on the work is worth doing without anybody who reads: a server goes on. */
  outlive(): void;
  /** Waits for what was printed. Why it, or some of it, was not written; null when it was, or nobody has to read it. */
  finish(): Promise<VitrineError | null>;
}

/**
 * The one way to standard output. When it breaks, `onBroken` is called, unless it was outlived: a command that nobody
 * listens to stops as by Ctrl-C, so that it leaves nothing running. What comes later is dropped.
 */
export function openStandardOutput(stream: OutputStream, onBroken: () => void): StandardOutput {
  let waiting: Uint8Array[] = [];
  let written = Promise.resolve();
  let fault: Error | null = null;
  let isOutlived = false;
  const fail = (error: Error) => {
    if (fault !== null) return;
    fault = error;
    if (!isOutlived) onBroken();
  };
  stream.on("error", fail);

  const flush = () => {
    const data = Buffer.concat(waiting);
    waiting = [];
    if (data.length === 0 || fault !== null) return;
    const before = written;
    // A reader that takes the first line and leaves has all lines of a short answer by then.
    written = new Promise((resolve) => {
      stream.write(data, (error) => {
        if (error) fail(error);
        resolve(before);
      });
    });
  };

  return {
    isTerminal: stream.isTTY === true,
    print(data) {
      waiting.push(Buffer.from(data));
      // On a terminal what is printed stands before the progress that comes next.
      if (stream.isTTY) flush();
      else if (waiting.length === 1) setImmediate(flush);
    },
    outlive() {
      isOutlived = true;
    },
    async finish() {
      flush();
      await written;
      return fault === null || isOutlived ? null : toBroken(fault);
    },
  };
}

/** The error of a command whose answer did not arrive as a whole. */
const toBroken = (cause: Error): VitrineError =>
  new VitrineError("OUTPUT_BROKEN", `Standard output broke before all was written: ${cause.message}.`, {
    cause,
  });
