import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";

/** What became of a drill. */
export type DrillResult =
  | { readonly drill: Drill; readonly outcome: DrillOutcome }
  /** It came to no result. */
  | { readonly drill: Drill; readonly error: string }
  /** This machine lacks something. */
  | { readonly drill: Drill; readonly missing: string };

/** A drill takes a minute or two; one that takes longer than this waits for what does not come, such as servers that block each other. */
const LONGEST_MS = 600_000;

/** One after the other, each on servers of its own and within its time, until all are done or the signal is aborted. */
export async function runDrills(
  drills: readonly Drill[],
  context: DrillContext,
  longestMs = LONGEST_MS,
): Promise<readonly DrillResult[]> {
  const results: DrillResult[] = [];
  for (const drill of drills) {
    if (context.signal.aborted) break;
    const missing = drill.missing?.() ?? null;
    if (missing !== null) {
      context.print(`${drill.name}: not run. ${missing}`);
      results.push({ drill, missing });
      continue;
    }
    context.print(`${drill.name} …`);
    const late = new AbortController();
    const error = new Error(`It came to no result in ${longestMs / 1000} s.`);
    const timer = setTimeout(() => late.abort(error), longestMs);
    try {
      const signal = AbortSignal.any([context.signal, late.signal]);
      results.push({ drill, outcome: await drill.run({ ...context, signal }) });
    } catch (error) {
      if (context.signal.aborted) break;
      results.push({ drill, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    } finally {
      clearTimeout(timer);
    }
  }
  return results;
}

/** Whether the product kept its promise: nothing wrong, and nothing lost that need not be. Not run is no failure. */
export function isKept(result: DrillResult): boolean {
  if ("missing" in result) return true;
  if ("error" in result) return false;
  const { lost, wrong, documents } = result.outcome;
  // A comparison of nothing proves nothing.
  return wrong === 0 && documents > 0 && (lost === 0 || result.drill.mayLose !== undefined);
}

/** The table for people: fault, what was lost, how long it took, documents wrong. */
export function formatDrills(results: readonly DrillResult[]): string {
  const head = ["drill", "topology", "fault", "lost", "recovered", "wrong", "documents", ""];
  const rows = results.map((result) => [
    result.drill.name,
    result.drill.topology,
    result.drill.fault,
    ...toFigures(result),
    toVerdict(result),
  ]);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => column > 2 && column < 7;
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (isNumber(column) ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  const remarks = results.flatMap((result) => toRemarks(result).map((one) => `${result.drill.name}: ${one}`));
  return [line(head), rule, ...rows.map(line), "", ...remarks].join("\n");
}

/** Being late is told, and breaks nothing: the machine may have been busy. */
function toVerdict(result: DrillResult): string {
  if (!isKept(result)) return "BROKEN";
  if (!("outcome" in result)) return "not run";
  const { drill, outcome } = result;
  return outcome.recoverMs > (drill.withinMs ?? Number.POSITIVE_INFINITY) ? "kept, late" : "kept";
}

function toFigures(result: DrillResult): readonly string[] {
  if (!("outcome" in result)) return ["–", "–", "–", "–"];
  const { lost, recoverMs, wrong, documents } = result.outcome;
  return [String(lost), `${(recoverMs / 1000).toFixed(1)} s`, String(wrong), String(documents)];
}

function toRemarks(result: DrillResult): readonly string[] {
  if ("missing" in result) return [`not run. ${result.missing}`];
  if ("error" in result) return [result.error];
  const { lost, notes } = result.outcome;
  return lost > 0 && result.drill.mayLose !== undefined
    ? [`${lost} lost: ${result.drill.mayLose}`, ...notes]
    : notes;
}
