import { formatTable } from "./print-table.ts";
import type { CycleResult } from "./run-faults.ts";

/** A table's worth of cycles. */
export interface Finished {
  readonly title: string;
  readonly names: readonly string[];
  readonly planned: number;
  readonly results: CycleResult[];
  /** Cycles that could not be run to their end, with the reason. */
  readonly broken: string[];
}

/** One line while the run goes on, and what was found, to standard error. */
export function reportCycle(label: string, result: CycleResult): void {
  const { blow, wrong, defects, lost } = result;
  const flight = blow
    ? `${blow.what}; ${blow.inFlight.changes} changes, ${blow.inFlight.documents} documents, ${blow.inFlight.batches} batches in flight`
    : "not reached";
  const recovery = result.isRecovered ? `recovered in ${result.recoveryMs} ms` : "NOT RECOVERED";
  console.error(
    `${label} ${result.kind} (${flight}): ${wrong.length} wrong, ${defects.length} proven, ${lost.length} lost, ${result.acknowledged} writes, ${recovery}`,
  );
  for (const found of [wrong, defects, lost])
    for (const one of found.slice(0, 3)) console.error(`  ${one.slice(0, 600)}`);
}

/** Prints everything; returns the exit code. */
export function printReport(report: {
  readonly seed: number;
  readonly finished: readonly Finished[];
  /** Names of cycles in which something must go wrong. */
  readonly controls: readonly string[];
  readonly stoppedBy: number | null;
  readonly json: boolean;
}): number {
  const { seed, finished, controls, stoppedBy } = report;
  const all = finished.flatMap((series) => series.results);
  const blind = controls.filter((name) => {
    const found = all.filter((one) => one.kind === name);
    return found.length > 0 && found.every((one) => one.wrong.length === 0);
  });
  const missed = findMissed(all);
  const broken = finished.flatMap((series) => series.broken);
  const isBad =
    [...broken, ...missed].length > 0 ||
    blind.length > 0 ||
    all.some((one) => !controls.includes(one.kind) && isWrong(one));
  if (report.json) console.log(JSON.stringify({ seed, isBad, stoppedBy, blind, missed, finished }));
  else {
    console.log(`Seed ${seed}.`);
    for (const { title, names, planned, results } of finished) {
      if (planned === 0) continue;
      const cycles = planned === 1 ? "1 cycle" : `${planned} cycles`;
      const part = results.length < planned ? `${results.length} of ${cycles}` : cycles;
      console.log(`\n${title}, ${part}.`);
      if (results.length > 0) console.log(`\n${formatTable(names, results)}`);
    }
    for (const one of broken) console.log(`\nBroken off: ${one}`);
    if (blind.length > 0) console.log(`\nNothing was found wrong with: ${blind.join(", ")}.`);
    if (missed.length > 0) console.log(`\nNever struck in all its cycles: ${missed.join(", ")}.`);
    if (stoppedBy !== null) console.log("\nStopped before its end.");
  }
  return isBad ? 1 : (stoppedBy ?? 0);
}

/** Of so many cycles one at least comes to its fault, or nothing of it is tried any more. */
const CHANCES = 3;

/** Faults that came to nothing in each of their cycles: what they should break has another name by now, perhaps. */
export function findMissed(results: readonly Pick<CycleResult, "kind" | "blow">[]): readonly string[] {
  const kinds = [...new Set(results.map(({ kind }) => kind))];
  return kinds.filter((kind) => {
    const own = results.filter((one) => one.kind === kind);
    return own.length >= CHANCES && own.every(({ blow }) => blow === null);
  });
}

const isWrong = (one: CycleResult): boolean =>
  one.wrong.length + one.defects.length + one.lost.length > 0 || !one.isRecovered;
