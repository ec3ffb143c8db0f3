import { describe, expect, it } from "vitest";
import { showLines } from "../../../src/commands/show-progress.ts";

describe("progress where there is no terminal", () => {
  it("is a line at the start, one every five seconds, and one at the end", () => {
    let text = "";
    let now = 0;
    const output = { write: (piece: string) => (text += piece), end: () => output };
    const progress = showLines(output, () => now);

    const step = progress.start("Mirroring", 2000);
    now = 1000;
    step.update(100);
    now = 6000;
    step.update(500);
    now = 7000;
    step.update(600);
    now = 8000;
    step.end("2,000 documents");
    step.end("again");

    expect(text.split("\n")).toEqual([
      "Mirroring …",
      "Mirroring: 25 % (500 of 2,000)",
      "Mirroring: 2,000 documents (8.0 s)",
      "",
    ]);
  });
});
