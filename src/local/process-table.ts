import { readdirSync, readFileSync, statSync } from "node:fs";

/** A process that runs, told apart from a later one with the same number by the time it began. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine started. */
  readonly startTime: string;
}

export interface RunningProcess extends ProcessIdentity {
  readonly argv: readonly string[];
}

/**
 * When the process began; null when there is none, or only its zombie. A killed server of many threads is called a
 * zombie while its last threads still hold its port, its files and its locks: until those are gone it runs.
 */
export function readStartTime(pid: number, table = "/proc"): string | null {
  try {
    // The name in parentheses may hold anything, so fields are counted after the last one.
    const fields = readFileSync(`${table}/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const isEnded =
      fields[0] === "X" || (fields[0] === "Z" && readdirSync(`${table}/${pid}/task`).length <= 1);
    return isEnded ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Whether this very process still runs: another one with its number began at another time. */
export const isRunning = (one: ProcessIdentity): boolean => readStartTime(one.pid) === one.startTime;

/** This process. */
export function readOwnIdentity(): ProcessIdentity {
  const startTime = readStartTime(process.pid);
  if (startTime === null) throw new Error("/proc is not mounted: private servers need Linux.");
  return { pid: process.pid, startTime };
}

/**
 * The process of this user whose arguments satisfy `matches`. The process table cannot be stale: a file
 * with a number could name a process that is gone, or miss one whose parent was killed before it wrote.
 */
export function findProcess(matches: (argv: readonly string[]) => boolean): RunningProcess | null {
  const uid = process.getuid?.();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const argv = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").slice(0, -1);
      if (!matches(argv) || statSync(`/proc/${name}`).uid !== uid) continue;
      const startTime = readStartTime(Number(name));
      if (startTime !== null) return { pid: Number(name), startTime, argv };
    } catch {
      // It ended meanwhile.
    }
  }
  return null;
}
