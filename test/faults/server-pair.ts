import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import { findMariaDb, findMongoDb } from "../../src/local/find-programs.ts";
import { describeMariaDb, toMariaDbUrl } from "../../src/local/private-mariadb.ts";
import { describeMongoDb, toMongoDbUrl } from "../../src/local/private-mongodb.ts";
import {
  ensureServer,
  type PrivateServer,
  type ServerSpec,
  stopServer,
} from "../../src/local/private-server.ts";
import { isRunning } from "../../src/local/process-table.ts";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";

/** One private server that can be killed, frozen, copied and put back. It keeps its port. */
export interface TestServer {
  readonly port: number;
  kill(): Promise<void>;
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Stops it, copies its data, starts it. */
  backUp(): Promise<void>;
  /** Puts the copy back in place of what is there. */
  restore(): Promise<void>;
  /** Leaves no free byte where its data is; undefined when that is not a file system of its own. */
  readonly fillDisk: (() => void) | undefined;
  freeDisk(): void;
  isRunning(): boolean;
  /** Kills it for good: a fault that is still under way starts it no more. */
  close(): Promise<void>;
}

export interface ServerPair {
  readonly mariadb: TestServer;
  readonly mongodb: TestServer;
  /** `port`: of a proxy to the server. */
  readonly mariadbUrl: (account: "vitrine_admin" | "vitrine_loader", port?: number) => string;
  readonly mongodbUrl: (port?: number) => string;
  close(): Promise<void>;
}

/**
 * Starts both in this folder. MongoDB's data lies on a file system in memory of 768 MB where this process may
 * mount one: only there can a disk be full without anybody else noticing.
 */
export async function startServerPair(dataDir: string): Promise<ServerPair> {
  const config = readConfig({ ...process.env, VITRINE_DATA_DIR: dataDir });
  const mariadbProgram = findMariaDb(config);
  const mongodbProgram = findMongoDb(config);
  if (!mariadbProgram || !mongodbProgram)
    throw new Error("The servers are not installed: run `npm test` once.");
  const memory = join(dataDir, "mongodb");
  mkdirSync(memory, { recursive: true });
  const isMounted = mount(memory);
  const mariadb = await open(describeMariaDb(dataDir, mariadbProgram, config.searchPath), undefined);
  const mongodb = await open(
    withShortTransactions(dataDir, describeMongoDb(dataDir, mongodbProgram)),
    isMounted ? memory : undefined,
  );
  return {
    mariadb,
    mongodb,
    mariadbUrl: (account, port = mariadb.port) => toMariaDbUrl(dataDir, account, port),
    mongodbUrl: (port = mongodb.port) => toMongoDbUrl(dataDir, port),
    close: async () => {
      await Promise.all([mariadb.close(), mongodb.close()]);
      if (isMounted) execFileSync("umount", [memory]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * A killed loader's transaction holds its documents until the server ends it: after 1 s instead of 5, which
 * were most of the time of a run. Stalled loaders find theirs ended or not, by how long they stall.
 */
function withShortTransactions(dataDir: string, spec: ServerSpec): ServerSpec {
  return {
    ...spec,
    ping: async (port) => {
      const version = await spec.ping(port);
      const mongo = openMongoDb(toMongoDbUrl(dataDir, port), { poolSize: 1 });
      try {
        const admin = mongo.client.db("admin");
        await admin.command({ setParameter: 1, transactionLifetimeLimitSeconds: 1 });
        return version;
      } finally {
        await mongo.close();
      }
    },
  };
}

function mount(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=768m", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function open(spec: ServerSpec, disk: string | undefined): Promise<TestServer> {
  let server: PrivateServer = await ensureServer(spec);
  const backup = `${spec.folder}-backup`;
  const filler = join(spec.folder, "filler");
  const signal = (name: NodeJS.Signals) => {
    if (isRunning(server)) process.kill(server.pid, name);
  };
  let isClosed = false;
  let starting: Promise<unknown> = Promise.resolve();
  const start = async () => {
    if (isClosed) throw new Error(`${spec.name} is closed.`);
    const started = ensureServer(spec);
    starting = started.catch(() => undefined);
    server = await started;
  };
  const kill = async () => {
    signal("SIGKILL");
    while (isRunning(server)) await sleep(10);
  };
  return {
    port: server.port,
    kill,
    start,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    backUp: async () => {
      await stopServer(server);
      rmSync(backup, { recursive: true, force: true });
      cpSync(spec.folder, backup, { recursive: true });
      await start();
    },
    restore: async () => {
      await kill();
      // The folder itself may be a mount.
      execFileSync("find", [spec.folder, "-mindepth", "1", "-delete"]);
      cpSync(backup, spec.folder, { recursive: true });
      await start();
    },
    fillDisk: disk === undefined ? undefined : () => fill(disk, filler),
    freeDisk: () => {
      if (existsSync(filler)) rmSync(filler);
    },
    isRunning: () => isRunning(server),
    close: async () => {
      isClosed = true;
      signal("SIGCONT");
      // One that is about to be started would be left over.
      await starting;
      await kill();
    },
  };
}

function fill(disk: string, filler: string): void {
  const { bavail, bsize } = statfsSync(disk);
  execFileSync("fallocate", ["-l", String(bavail * bsize), filler]);
}
