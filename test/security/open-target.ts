import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../src/config.ts";
import { joinStack } from "../../src/local/acquire-stack.ts";
import { chooseFreePort } from "../../src/local/free-port.ts";
import type { Logger } from "../../src/log.ts";
import type { Target } from "./finding.ts";

/** A gateway that fills its mirror says so all the time; one that says nothing for so long hangs. */
const SILENT_MS = 300_000;

/**
 * Starts `vitrine up` with a small sample on loopback, in a folder that is gone afterwards, and hands `work` its address
 * and that of its database. Never servers that the environment names: they are asked without mercy.
 */
export async function withTarget<T>(
  {
    env,
    signal,
    logger,
  }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal; readonly logger: Logger },
  work: (target: Target, mariadbUrl: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-security-"));
  const dataDir = join(folder, "data");
  const port = await chooseFreePort();
  const plain = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(MARIADB|MONGODB|VITRINE|AWS)_|^HOST$|^PORT$/.test(name)),
  );
  const gateway = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("../../bin/vitrine.mjs", import.meta.url)),
      ...["up", "--data-dir", dataDir, "--port", String(port), "--scale", "0.02", "--log-level", "fatal"],
    ],
    { env: plain, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  let heardAt = Date.now();
  gateway.stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString("utf8")}`.slice(-2000);
    heardAt = Date.now();
  });
  const ended = once(gateway, "exit");
  const address = `http://127.0.0.1:${port}`;
  try {
    const isWanted = () => gateway.exitCode === null && !signal.aborted;
    await waitUntilReady(address, isWanted, () => Date.now() - heardAt).catch((cause: unknown) => {
      throw new Error(`The gateway did not come up: ${said}`, { cause });
    });
    const stack = await joinStack(readConfig({ ...plain, VITRINE_DATA_DIR: dataDir }), { logger });
    if (!stack) throw new Error("The servers of a gateway that is ready run.");
    try {
      return await work({ address, folder, signal }, stack.mariadb.adminUrl);
    } finally {
      await stack.release();
    }
  } finally {
    gateway.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function waitUntilReady(
  address: string,
  isWanted: () => boolean,
  silentMs: () => number,
): Promise<void> {
  for (;;) {
    const isReady = await fetch(`${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (!isWanted()) throw new Error("The gateway ended, or the run was stopped, before it was ready.");
    if (silentMs() > SILENT_MS)
      throw new Error("The gateway is not ready, and has said nothing for five minutes.");
    await sleep(200);
  }
}
