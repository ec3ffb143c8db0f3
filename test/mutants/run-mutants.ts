import { join } from "node:path";
import { copyRepository, countPlaces, withMutant } from "./checkout.ts";
import { findFaultBefore, judge } from "./judge.ts";
import type { Mutant, Outcome } from "./mutant.ts";
import { runVitest, type Servers } from "./run-vitest.ts";

/** More than any test of the table takes, its own time limit included. */
const LIMIT_MS = 180_000;
const LIMIT_BEFORE_MS = 1_200_000;

export interface RunOptions {
  /** A folder of its own, for the copies. */
  readonly dir: string;
  readonly servers: Servers;
  /** So many at a time, each in a copy of its own. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** Runs the tests of all mutants on the code as it is, then each on its mutant. In the order of the table. */
export async function runMutants(mutants: readonly Mutant[], options: RunOptions): Promise<Outcome[]> {
  const { dir, jobs, servers, signal, report } = options;
  const copies = Array.from({ length: Math.min(jobs, mutants.length) }, (_, job) => join(dir, String(job)));
  await Promise.all(copies.map(copyRepository));
  const [first] = copies;
  if (first === undefined) return [];
  report("First the tests of all mutants on the code as it is.");
  const before = await runVitest(
    first,
    [...new Set(mutants.map(({ test }) => test))],
    [...new Set(mutants.map(({ named }) => named))],
    { servers, limitMs: LIMIT_BEFORE_MS, signal },
  );
  const outcomes: (Outcome | undefined)[] = mutants.map(() => undefined);
  const waiting = [...mutants.entries()];
  const work = async (copy: string) => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const [index, mutant] = next;
      const started = performance.now();
      const fault = findFaultBefore(mutant, before) ?? (await findFaultOfText(mutant));
      const judged =
        fault === null
          ? await runOne(copy, mutant, options)
          : { verdict: "BROKEN" as const, detail: `Unmutated: ${fault}` };
      const outcome = { mutant, ...judged, seconds: (performance.now() - started) / 1000 };
      outcomes[index] = outcome;
      report(`${outcome.verdict} ${outcome.seconds.toFixed(0)} s: ${mutant.trap}\n  ${outcome.detail}`);
    }
  };
  await Promise.all(copies.map(work)).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return outcomes.filter((outcome) => outcome !== undefined);
}

async function findFaultOfText(mutant: Mutant): Promise<string | null> {
  const places = await countPlaces(mutant);
  return places === 1 ? null : `its text is ${places} times in ${mutant.file}`;
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
