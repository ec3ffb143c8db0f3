import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** One server of a cluster, which can be killed, frozen, cut off and started again. It keeps its ports. */
export interface GaleraNode {
  readonly name: string;
  readonly port: number;
  isRunning(): boolean;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Lets it end in order. */
  stop(): Promise<void>;
  /**
   * Starts it in its folder, and waits until it is as new as the others: what it lacks it fetches (IST), or all of it (SST)
   * when it has been away for too long.
   * @throws with the end of its log when it ends, or is not there within a minute
   */
  start(options?: StartOptions): Promise<void>;
  /** What it holds is gone, so that its next start fetches all (SST). It must not run. */
  empty(): void;
  freeze(): void;
  thaw(): void;
  /** No other node reaches it any more: it is a minority of one. `rejoin` ends that. */
  isolate(): Promise<void>;
  rejoin(): Promise<void>;
  /** Until it says that it is as new as the others. */
  synced(): Promise<void>;
  /** A status variable of it, `wsrep_cluster_size`. */
  status(name: string): Promise<string>;
  /** One connection per call, so that no restart matters; several statements. */
  query<T extends object>(sql: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** All that it has printed. */
  log(): string;
}

export interface StartOptions {
  /** Begins a group of its own, instead of joining the others. */
  readonly isFirst?: boolean;
}

/** How a node is started. */
export interface NodeSpec {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** URL of its administrator. */
  readonly adminUrl: string;
  toArguments(options: StartOptions): readonly string[];
}

const SYNCED_MS = 60_000;

/** The node in its folder, not started yet. */
export function openGaleraNode(spec: NodeSpec): GaleraNode {
  const logFile = join(spec.folder, "server.log");
  let child: ChildProcess | undefined;
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!child || !isRunning()) return;
    const ended = once(child, "exit");
    child.kill(signal);
    // One that is frozen hears of nothing else.
    child.kill("SIGCONT");
    await ended;
  };
  const withNode = async <T>(work: (db: MariaDb) => Promise<T>): Promise<T> => {
    const db = openMariaDb(spec.adminUrl, { size: 1, multipleStatements: true });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  };
  const tail = () => readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  const node: GaleraNode = {
    name: spec.name,
    port: spec.port,
    isRunning,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    async start(options = {}) {
      const args = spec.toArguments(options);
      const position = options.isFirst ? null : await recoverPosition(spec, args);
      const log = openSync(logFile, "a", 0o600);
      // In a process group of its own: Ctrl-C reaches us, and we stop the servers in order.
      child = spawn(spec.program, [...args, ...(position ? [`--wsrep-start-position=${position}`] : [])], {
        cwd: spec.folder,
        detached: true,
        env: { ...spec.env },
        stdio: ["ignore", log, log],
      });
      closeSync(log);
      child.on("error", () => undefined);
      await node.synced();
    },
    empty: () => emptyFolders(spec.folder),
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    isolate: async () => void (await node.query("set global wsrep_provider_options = 'gmcast.isolate=1'")),
    async rejoin() {
      await node.query("set global wsrep_provider_options = 'gmcast.isolate=0'");
      await node.synced();
    },
    async synced() {
      const deadline = Date.now() + SYNCED_MS;
      while ((await node.status("wsrep_local_state_comment").catch(() => "")) !== "Synced") {
        if (!isRunning()) throw new Error(`${spec.name} has ended.\n${tail()}`);
        if (Date.now() > deadline) throw new Error(`${spec.name} is not synced after a minute.\n${tail()}`);
        await sleep(50);
      }
    },
    async status(name) {
      const [row] = await node.query<{ Value: string }>(`show global status like '${name}'`);
      return row?.Value ?? "";
    },
    query: (sql, values) => withNode((db) => db.query(sql, values)),
    log: () => readFileSync(logFile, "utf8"),
  };
  return node;
}

/** Where it stood when it was killed, as its own programs of start-up find out; null: it holds nothing. */
async function recoverPosition(spec: NodeSpec, args: readonly string[]): Promise<string | null> {
  // What a killed one has left there.
  emptyFolder(join(spec.folder, "tmp"));
  if (readdirSync(join(spec.folder, "data")).length === 0) return null;
  const output = await promisify(execFile)(spec.program, [...args, "--wsrep-recover"], { cwd: spec.folder });
  return /Recovered position: (\S+)/.exec(output.stderr)?.[1] ?? null;
}

function emptyFolders(folder: string): void {
  for (const name of ["data", "tmp"]) emptyFolder(join(folder, name));
}

function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}
