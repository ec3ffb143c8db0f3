import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import type { Stack } from "../../src/local/stack.ts";
import { createLogger } from "../../src/log.ts";
import { stopOnSignals } from "./stop-signals.ts";

/**
 * Runs a program's work on servers and data of its own (or on servers that `env` names), which are gone afterwards,
 * also when it is stopped by a signal or an error escapes it.
 */
export async function withOwnServers<T>(
  prefix: string,
  env: NodeJS.ProcessEnv,
  work: (stack: Stack) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), prefix));
  const stack = await acquireStack(readConfig({ ...env, VITRINE_DATA_DIR: dataDir }), {
    logger: createLogger("warn"),
  });
  const clear = async () => {
    await stack.release();
    await rm(dataDir, { recursive: true, force: true });
  };
  const stop = stopOnSignals();
  void stop.wished.then(async () => {
    await clear();
    process.exit(stop.reason() ?? 1);
  });
  process.once("uncaughtException", async (error) => {
    console.error(error);
    await clear();
    process.exit(70);
  });
  try {
    return await work(stack);
  } finally {
    await clear();
  }
}
