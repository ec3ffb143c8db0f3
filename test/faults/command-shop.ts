import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import { readStates } from "../../src/core/model-state.ts";
import { findMariaDb, findMongoDb } from "../../src/local/find-programs.ts";
import { describeMariaDb, toMariaDbUrl } from "../../src/local/private-mariadb.ts";
import { describeMongoDb, toMongoDbUrl } from "../../src/local/private-mongodb.ts";
import { findServer, type ServerSpec } from "../../src/local/private-server.ts";
import { isRunning } from "../../src/local/process-table.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { readApplied } from "../../src/stores/mongodb/mirror-records.ts";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import type { OwnOrders } from "./choose-write.ts";
import { openCommandLine } from "./command-process.ts";
import { fillShop, TERMINALS } from "./fault-shop.ts";
import { type InFlight, readQueues, waitForFlight, waitUntilDrained } from "./in-flight.ts";
import { inspect } from "./inspect.ts";
import { createLedger } from "./ledger.ts";
import { createRandom } from "./random.ts";
import type { CycleResult } from "./run-faults.ts";
import { startWriters, type Writers } from "./writers.ts";

/** What is killed: the command with the loader in it, or a server that it started. */
export const commandKills = [
  "vitrine up killed -9",
  "MariaDB killed -9 under vitrine up",
  "MongoDB killed -9 under vitrine up",
] as const;
export type CommandKill = (typeof commandKills)[number];

/** A shop that `vitrine up` mirrors, every model of it, on servers of its own. */
export interface CommandShop {
  /** Kills in the middle of a stream of changes, starts again what does not come back by itself, and looks. */
  runKill(kill: CommandKill, seed: number): Promise<CycleResult>;
  close(): Promise<void>;
}

const RECOVERY_MS = 120_000;

/** Starts `vitrine up` in `dataDir`, which is gone at the end. */
export async function openCommandShop(dataDir: string): Promise<CommandShop> {
  const config = readConfig({ ...process.env, VITRINE_DATA_DIR: dataDir });
  const mariadbProgram = findMariaDb(config);
  const mongodbProgram = findMongoDb(config);
  if (!mariadbProgram || !mongodbProgram)
    throw new Error("The servers are not installed: run `npm test` once.");
  const mariadb = describeMariaDb(dataDir, mariadbProgram, config.searchPath);
  const mongodb = describeMongoDb(dataDir, mongodbProgram);
  const commands = openCommandLine(dataDir);
  const ledger = createLedger();
  const orders: readonly OwnOrders[] = Array.from({ length: TERMINALS }, () => new Map());
  let writers: Writers | undefined;

  const urls = async () => ({
    mariadb: toMariaDbUrl(dataDir, "vitrine_admin", (await waitForServer(mariadb)).port),
    mongodb: toMongoDbUrl(dataDir, (await waitForServer(mongodb)).port),
  });

  const strike = async (kill: CommandKill): Promise<void> => {
    if (kill === "vitrine up killed -9") return commands.killUp();
    await killServer(kill.startsWith("MariaDB") ? mariadb : mongodb);
  };

  const shop: CommandShop = {
    async runKill(kill, seed) {
      const random = createRandom(seed);
      const before = ledger.acknowledged;
      writers = startWriters((await urls()).mariadb.replace(/^mariadb:/, "mysql:"), ledger, orders, seed);
      let inFlight: InFlight;
      try {
        await sleep(random.between(300, 1200));
        inFlight = await withFlight(await urls(), (look) => waitForFlight(look, 5000));
        await strike(kill);
        await sleep(random.between(0, 500));
        if (kill === "vitrine up killed -9") await commands.up();
        await urls();
        await sleep(random.between(200, 800));
      } finally {
        await writers.stop();
      }
      const started = Date.now();
      const now = await urls();
      const isRecovered = await withAdmin(now.mariadb, (admin) => waitUntilDrained(admin, RECOVERY_MS));
      const recoveryMs = Date.now() - started;
      const verified = await commands.run("verify", "--deep");
      const findings = await inspect(now, ledger, []);
      return {
        ...findings,
        kind: kill,
        seed,
        blow: { what: "done", inFlight },
        isRecovered,
        acknowledged: ledger.acknowledged - before,
        recoveryMs,
        defects:
          verified.code === 0
            ? []
            : [`vitrine verify --deep: exit code ${verified.code}\n${verified.output}`],
      };
    },
    async close() {
      const resting = writers?.stop();
      await commands.close();
      for (const spec of [mariadb, mongodb]) await killServer(spec);
      await resting;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await commands.up();
    const now = await urls();
    await withAdmin(now.mariadb, async (admin) => {
      await fillShop(admin);
      if (!(await waitUntilDrained(admin, 60_000))) throw new Error("The shop cannot be mirrored.");
    });
    return shop;
  } catch (error) {
    await shop.close();
    throw error;
  }
}

/** Whoever started it; `vitrine up` brings back one that died. */
async function waitForServer(spec: ServerSpec) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const found = findServer(spec);
    if (found && (await spec.ping(found.port).catch(() => null)) !== null) return found;
    await sleep(50);
  }
  throw new Error(`${spec.name} did not come back.`);
}

async function killServer(spec: ServerSpec): Promise<void> {
  const server = findServer(spec);
  if (!server) return;
  process.kill(server.pid, "SIGKILL");
  while (isRunning(server)) await sleep(10);
}

async function withAdmin<T>(
  url: string,
  work: (admin: ReturnType<typeof openMariaDb>) => Promise<T>,
): Promise<T> {
  const admin = openMariaDb(url, { size: 2 });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** A batch of a model is in flight when MongoDB has noted a position that MariaDB was not yet told of. */
function withFlight<T>(
  urls: { readonly mariadb: string; readonly mongodb: string },
  work: (look: () => Promise<InFlight>) => Promise<T>,
): Promise<T> {
  return withAdmin(urls.mariadb, async (admin) => {
    const mongo = openMongoDb(urls.mongodb);
    try {
      return await work(async () => {
        const { changes, documents } = await readQueues(admin);
        const states = await readStates(admin);
        const applied = [...(await readApplied(mongo))];
        const batches = applied.filter(([model, { n }]) => n > (states.get(model)?.acked ?? n)).length;
        return { changes, documents, batches };
      });
    } finally {
      await mongo.close();
    }
  });
}
