import { spawn } from "node:child_process";
import { toNode } from "../core/runs.ts";
import type { Logger } from "../log.ts";
import { waitForExit } from "../wait-for-exit.ts";
import type { RunVerb } from "./keep-schedule.ts";

/** What is kept of what a command says on standard error. */
const KEPT_CHARACTERS = 2000;
/** Of a process that a signal ended, as shells tell it. */
const KILLED = 137;
/** One that is stopped may tidy up for so long. */
const KILL_AFTER_MS = 30_000;

export interface VerbOptions {
  readonly execPath: string;
  /** Of Node, then the entry point, then what every verb is told. */
  readonly args: readonly string[];
  readonly logger: Logger;
  /** One that is stopped and goes on is killed after this. Default: 30,000. */
  readonly killAfterMs?: number;
}

/**
 * Runs verbs in processes of their own: one that needs much memory or all of a processor takes nothing from who serves. Each
 * ends with this process: their channel closes.
 */
export const createVerbRunner =
  ({ execPath, args, logger, killAfterMs = KILL_AFTER_MS }: VerbOptions): RunVerb =>
  async (verb, signal) => {
    const child = spawn(execPath, [...args, ...verb], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let killing: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill("SIGTERM");
      killing = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    const { code, said } = await waitForExit(child, KEPT_CHARACTERS).catch((error: Error) => ({
      code: KILLED,
      said: error.message,
    }));
    signal.removeEventListener("abort", stop);
    clearTimeout(killing);
    const exitCode = code ?? KILLED;
    if (exitCode !== 0) logger.error({ command: ["vitrine", ...verb].join(" "), exitCode, said }, "failed");
    return { exitCode, node: toNode(child.pid) };
  };
