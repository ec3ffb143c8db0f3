import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { showLines } from "../../../src/commands/show-progress.ts";
import { withoutResults } from "../../../src/progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("progress where there is no terminal", () => {
  it("is a line after a second, one every five seconds, and one at the end", () => {
    const lines: string[] = [];
    const progress = showLines({ write: (line: string) => lines.push(line) });

    const step = progress.start("Mirroring", 2000);
    vi.advanceTimersByTime(900);
    step.update(100);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(5_100);
    step.update(500);
    vi.advanceTimersByTime(1_000);
    step.update(600);
    vi.advanceTimersByTime(1_000);
    step.end("2,000 documents");
    step.end("again");

    expect(lines).toEqual([
      "Mirroring …\n",
      "Mirroring: 25 % (500 of 2,000)\n",
      "Mirroring: 2,000 documents (8.0 s)\n",
    ]);
  });

  it("leaves the result to the answer of a command that prints it", () => {
    const lines: string[] = [];
    const step = withoutResults(showLines({ write: (line: string) => lines.push(line) })).start("Verifying");
    step.end("7 documents compared");
    expect(lines).toEqual(["Verifying: done (0.0 s)\n"]);
  });

  it("is one line for what is done at once", () => {
    const lines: string[] = [];
    showLines({ write: (line: string) => lines.push(line) })
      .start("Starting")
      .end();
    vi.advanceTimersByTime(10_000);
    expect(lines).toEqual(["Starting: done (0.0 s)\n"]);
  });
});
