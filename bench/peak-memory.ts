import { readFileSync, writeFileSync } from "node:fs";

/** The most memory (RSS) that a process had since `resetPeak`, or its start, in MiB: as the kernel counts it, no sample misses it. */
export function readPeakMiB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}

/** Begins to count anew, see proc(5). */
export const resetPeak = (pid: number | undefined): void => writeFileSync(`/proc/${pid}/clear_refs`, "5");
