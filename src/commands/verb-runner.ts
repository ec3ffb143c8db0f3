import { createVerbRunner } from "../app/run-verb.ts";
import type { CommandContext } from "./context.ts";

/** Runs other verbs as this one was started, on the same data folder. */
export function runVerbsLike({ config, logger }: Pick<CommandContext, "config" | "logger">) {
  const { execPath, execArgv, argv } = process;
  const entry = argv.slice(1, 2);
  return createVerbRunner({
    execPath,
    args: [...execArgv, ...entry, "--data-dir", config().dataDir],
    logger,
  });
}
