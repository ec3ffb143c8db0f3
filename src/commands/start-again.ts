import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCatalogue } from "../errors.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** What ran this long before its fault had started well: the pause is short again. */
const WELL_MS = 60_000;

export interface Successor {
  /** Program and arguments of the process that had the fault. */
  readonly execPath: string;
  readonly args: readonly string[];
  /** Told of each start; how long it waits until then. */
  readonly onStart: (pauseMs: number) => void;
}

/**
 * Runs the same command line in a process of its own, again after each fault, until it ends for another reason: the exit
 * code of that. The process that had a fault does no more than wait, since nobody knows in which state it is. The
 * successor ends with it: their channel closes.
 * @param stopping the signal that a person or the system stops this process by
 */
export async function startAgain(
  { execPath, args, onStart }: Successor,
  stopping: (hear: (signal: NodeJS.Signals) => void) => void,
): Promise<number> {
  let child: ChildProcess | undefined;
  let isStopping = false;
  stopping((signal) => {
    isStopping = true;
    child?.kill(signal);
  });
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    onStart(pause);
    await sleep(pause);
    if (isStopping) return 0;
    const since = Date.now();
    child = spawn(execPath, [...args], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
    const code = await endOf(child);
    if (isStopping || (code !== null && code !== errorCatalogue.INTERNAL.exit)) return code ?? 0;
    if (Date.now() - since > WELL_MS) pause = FIRST_PAUSE_MS / 2;
  }
}

/** Its exit code; null when a signal ended it, or it could not be started. */
const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("exit", (code) => resolve(code));
  });
