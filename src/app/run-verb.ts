import { spawn } from "node:child_process";
import type { Logger } from "../log.ts";
import type { RunVerb } from "./keep-schedule.ts";

/** What is kept of what a command says on standard error. */
const KEPT_CHARACTERS = 2000;
/** Of a process that a signal ended, as shells tell it. */
const KILLED = 137;

export interface VerbOptions {
  readonly execPath: string;
  /** Of Node, then the entry point, then what every verb is told. */
  readonly args: readonly string[];
  readonly logger: Logger;
}

/**
 * Runs verbs in processes of their own: one that needs much memory or all of a processor takes nothing from who serves. Each
 * ends with this process: their channel closes.
 */
export const createVerbRunner =
  ({ execPath, args, logger }: VerbOptions): RunVerb =>
  (verb, signal) =>
    new Promise((resolve) => {
      const child = spawn(execPath, [...args, ...verb], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
      let said = "";
      child.stderr?.on("data", (data: Buffer) => {
        said = `${said}${data}`.slice(-KEPT_CHARACTERS);
      });
      const stop = () => void child.kill("SIGTERM");
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      const end = (exitCode: number) => {
        signal.removeEventListener("abort", stop);
        if (exitCode !== 0)
          logger.error({ command: ["vitrine", ...verb].join(" "), exitCode, said }, "failed");
        resolve(exitCode);
      };
      child.once("error", (error) => {
        said = error.message;
        end(KILLED);
      });
      child.once("close", (code) => end(code ?? KILLED));
    });
