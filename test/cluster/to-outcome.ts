import type { Findings } from "../faults/inspect.ts";
import type { DrillOutcome } from "./drill.ts";

/** What a drill says of what was found when all was settled; the first things that are wrong stand below the notes. */
export const toOutcome = (
  { compared, wrong, defects, lost }: Findings,
  recoverMs: number,
  notes: readonly string[],
): DrillOutcome => ({
  lost: lost.length,
  recoverMs,
  wrong: wrong.length + defects.length,
  documents: compared,
  notes: [...notes, ...[...wrong, ...defects, ...lost].slice(0, 5)],
});
