import { readFileSync } from "node:fs";
import type { BenchContext } from "./bench-context.ts";

/** Processes by the name to print. */
export type Processes = Readonly<Record<string, number | undefined>>;

export interface Spent {
  /** By the clock. */
  readonly seconds: number;
  /** Processor seconds by process, user and system together. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** Linux counts processor time in hundredths of a second (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** What `work` takes by the clock and of each process: unlike the clock, that hardly depends on who else is running. */
export async function spend(processes: Processes, work: () => Promise<unknown>): Promise<Spent> {
  const before = readAll(processes);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const after = readAll(processes);
  const cpu = Object.fromEntries(
    Object.entries(after).map(([name, spent]) => [name, spent - (before[name] ?? 0)]),
  );
  return { seconds, cpu };
}

/** `processor seconds: MariaDB 3.10, MongoDB 2.20, loader 4.00`. */
export function printSpent(context: BenchContext, { seconds, cpu }: Spent): void {
  const parts = Object.entries(cpu).map(([name, spent]) => `${name} ${spent.toFixed(2)}`);
  context.print(`  processor seconds in ${seconds.toFixed(2)} s: ${parts.join(", ")}`);
}

const readAll = (processes: Processes): Record<string, number> =>
  Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) => (pid === undefined ? [] : [[name, readCpu(pid)]])),
  );

/** See proc(5): the fields behind the name, which may hold anything but ends at the last bracket. */
function readCpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
