import { join } from "node:path";
import { copyRepository, findPatchFault, withMutant } from "./checkout.ts";
import { findFaultBefore, judge, type TestReport } from "./judge.ts";
import type { Mutant, Outcome } from "./mutant.ts";
import { runVitest, type Servers } from "./run-vitest.ts";

/** More than any test of a patch takes, its own time limit included. */
const LIMIT_MS = 180_000;

export interface RunOptions {
  /** A folder of its own, for the copies. */
  readonly dir: string;
  readonly servers: Servers;
  /** So many at a time, each in a copy of its own. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** Runs the test of each mutant on the code as it is, once, then on the mutant. By name. */
export async function runMutants(mutants: readonly Mutant[], options: RunOptions): Promise<Outcome[]> {
  const { dir, jobs, servers, signal, report } = options;
  const copies = Array.from({ length: Math.min(jobs, mutants.length) }, (_, job) => join(dir, String(job)));
  await Promise.all(copies.map(copyRepository));
  // The very selection that the mutant is judged by: a test may be green only behind another one.
  const known = new Map<string, Promise<TestReport>>();
  const runBefore = (copy: string, { test, named }: Mutant) => {
    const key = `${test} ${named}`;
    const before = known.get(key) ?? runVitest(copy, [test], [named], { servers, limitMs: LIMIT_MS, signal });
    known.set(key, before);
    return before;
  };
  const findFaultOfTest = async (copy: string, mutant: Mutant) => {
    const fault = await runBefore(copy, mutant).then(
      (before) => findFaultBefore(mutant, before),
      (error: unknown) => String(error).slice(0, 1000),
    );
    return fault && `Unmutated: ${fault}`;
  };
  const outcomes: (Outcome | undefined)[] = mutants.map(() => undefined);
  const waiting = [...mutants.entries()];
  const work = async (copy: string) => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const [index, mutant] = next;
      const started = performance.now();
      const fault = (await findPatchFault(copy, mutant)) ?? (await findFaultOfTest(copy, mutant));
      if (signal.aborted) return;
      const judged =
        fault === null ? await runOne(copy, mutant, options) : { verdict: "BROKEN" as const, detail: fault };
      const outcome = { mutant, ...judged, seconds: (performance.now() - started) / 1000 };
      outcomes[index] = outcome;
      report(
        `${outcome.verdict} ${outcome.seconds.toFixed(0)} s: ${mutant.name}: ${mutant.trap}\n  ${outcome.detail}`,
      );
    }
  };
  await Promise.all(copies.map(work)).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return outcomes.filter((outcome) => outcome !== undefined);
}

async function runOne(copy: string, mutant: Mutant, { servers, signal }: RunOptions) {
  try {
    const run = { servers, limitMs: LIMIT_MS, signal };
    const report = await withMutant(copy, mutant, () => runVitest(copy, [mutant.test], [mutant.named], run));
    return judge(mutant, report);
  } catch (error) {
    signal.throwIfAborted();
    return { verdict: "BROKEN" as const, detail: String(error).slice(0, 1000) };
  }
}
