import { MultiBar } from "cli-progress";
import type { Progress } from "../progress.ts";

/** Where progress is shown: standard error, so that standard output stays the answer. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Progress that can be cut off, as when a command fails within a step: a terminal has its cursor again. */
export interface ShownProgress extends Progress {
  close(): void;
}

/** A line at most this often per step when the output is no terminal. */
const LINE_EVERY_MS = 5_000;
const ANNOUNCE_MS = 1_000;

/** Bars on a terminal; elsewhere a line after a second, every five seconds, and at the end. */
export const showProgress = (output: ProgressOutput & NodeJS.WritableStream): ShownProgress =>
  output.isTTY === true ? showBars(output) : showLines(output);

/** Steps as plain lines. */
export function showLines(output: Pick<ProgressOutput, "write">): ShownProgress {
  return {
    close: () => undefined,
    start(label, total) {
      const begun = Date.now();
      let last = begun;
      let size = total;
      let ended = false;
      // What is done within a second needs no announcement.
      const announce = setTimeout(() => output.write(`${label} …\n`), ANNOUNCE_MS).unref();
      return {
        update(done, newTotal) {
          size = newTotal ?? size;
          if (ended || Date.now() - last < LINE_EVERY_MS) return;
          last = Date.now();
          output.write(`${label}: ${toShare(done, size)}\n`);
        },
        end(result) {
          if (ended) return;
          ended = true;
          clearTimeout(announce);
          const seconds = ((Date.now() - begun) / 1000).toFixed(1);
          output.write(`${label}: ${result ?? "done"} (${seconds} s)\n`);
        },
      };
    },
  };
}

function showBars(output: NodeJS.WritableStream): ShownProgress {
  let bars: MultiBar | undefined;
  let open = 0;
  const close = () => {
    bars?.stop();
    bars = undefined;
  };
  return {
    close,
    start(label, total) {
      bars ??= new MultiBar({
        stream: output,
        hideCursor: true,
        clearOnComplete: true,
        // Ctrl-C is handled by the command, which ends its steps.
        gracefulExit: false,
        format: "{label} {bar} {percentage}% {value}/{total}",
        formatBar: (progress, options) => {
          const width = options.barsize ?? 30;
          const full = Math.round(progress * width);
          return "█".repeat(full) + "░".repeat(width - full);
        },
      });
      const begun = Date.now();
      open += 1;
      const bar = bars.create(total ?? 1, 0, { label });
      let ended = false;
      return {
        update(done, newTotal) {
          if (newTotal !== undefined) bar.setTotal(newTotal);
          bar.update(done);
        },
        end(result) {
          if (ended) return;
          ended = true;
          open -= 1;
          bars?.remove(bar);
          if (open === 0) close();
          if (result === null) return;
          const line = `${label}: ${result ?? "done"} (${((Date.now() - begun) / 1000).toFixed(1)} s)\n`;
          if (bars) bars.log(line);
          else output.write(line);
        },
      };
    },
  };
}

function toShare(done: number, total: number | undefined): string {
  const count = done.toLocaleString("en");
  if (total === undefined || total <= 0) return count;
  return `${Math.min(100, Math.floor((100 * done) / total))} % (${count} of ${total.toLocaleString("en")})`;
}
