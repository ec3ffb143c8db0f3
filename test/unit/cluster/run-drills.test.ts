import { describe, expect, it } from "vitest";
import { allDrills } from "../../cluster/all-drills.ts";
import type { Drill, DrillOutcome } from "../../cluster/drill.ts";
import { withParts } from "../../cluster/open-parts.ts";
import { type DrillResult, formatDrills, isKept, runDrills } from "../../cluster/run-drills.ts";

const clean: DrillOutcome = { lost: 0, recoverMs: 1234, wrong: 0, documents: 10, notes: ["Calm."] };
const drill = (own: Partial<Drill> = {}): Drill => ({
  name: "a node is killed",
  topology: "Galera of three",
  fault: "kill -9",
  run: async () => clean,
  ...own,
});
const result = (own: Partial<DrillOutcome>, of: Partial<Drill> = {}): DrillResult => ({
  drill: drill(of),
  outcome: { ...clean, ...own },
});
const context = (signal = new AbortController().signal) => ({ seed: 1, print: () => undefined, signal });

describe("the drills of clusters", () => {
  it("have names of their own", () => {
    const names = allDrills.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it("count as kept only when nothing is wrong, something was compared, and no loss is unexplained", () => {
    expect(isKept(result({}))).toBe(true);
    expect(isKept(result({ wrong: 1 }))).toBe(false);
    expect(isKept(result({ documents: 0 }))).toBe(false);
    expect(isKept(result({ lost: 1 }))).toBe(false);
    expect(isKept(result({ lost: 1 }, { mayLose: "Replication is asynchronous." }))).toBe(true);
    expect(isKept({ drill: drill(), error: "broken" })).toBe(false);
    expect(isKept({ drill: drill(), missing: "No Galera." })).toBe(true);
  });

  it("go on after one that fails, and say what this machine lacks", async () => {
    const fails = drill({ name: "fails", run: () => Promise.reject(new Error("It did not settle.")) });
    const lacks = drill({ name: "lacks", missing: () => "Galera is not installed." });
    const results = await runDrills([fails, lacks, drill()], context());
    expect(results.map(isKept)).toEqual([false, true, true]);
    const table = formatDrills(results);
    expect(table).toMatch(/\| fails +\| Galera of three \| kill -9 \| +– \|.*\| BROKEN +\|/);
    expect(table).toMatch(
      /\| a node is killed \| Galera of three \| kill -9 \| +0 \| +1\.2 s \| +0 \| +10 \| kept/,
    );
    expect(table).toContain("lacks: not run. Galera is not installed.");
    expect(table).toContain("fails: Error: It did not settle.");
    expect(table).toContain("a node is killed: Calm.");
  });

  it("go on after one that never ends, which is told to end", async () => {
    const waits = drill({
      name: "waits",
      run: ({ signal }) => withParts(signal, () => new Promise<DrillOutcome>(() => undefined)),
    });
    const results = await runDrills([waits, drill()], context(), 20);
    expect(results.map(isKept)).toEqual([false, true]);
    expect(formatDrills(results)).toContain("waits: Error: It came to no result in 0.02 s.");
  });

  it("name the reason beside what was lost", () => {
    const lossy = { mayLose: "Replication is asynchronous." };
    expect(formatDrills([result({ lost: 3 }, lossy)])).toContain("3 lost: Replication is asynchronous.");
  });

  it("say that one took longer than it was to, and break nothing for it", () => {
    const late = result({ recoverMs: 10_001 }, { withinMs: 10_000 });
    expect(isKept(late)).toBe(true);
    expect(formatDrills([late])).toMatch(/\| +10\.0 s \|.*\| kept, late \|/);
    expect(formatDrills([result({ recoverMs: 10_000 }, { withinMs: 10_000 })])).toMatch(/\| kept +\|/);
  });

  it("end with the one that runs when the run is stopped", async () => {
    const aborter = new AbortController();
    const stops = drill({
      run: async () => {
        aborter.abort();
        throw new Error("stopped");
      },
    });
    expect(await runDrills([stops, drill()], context(aborter.signal))).toEqual([]);
  });
});
