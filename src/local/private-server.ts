import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { chooseFreePort } from "./free-port.ts";
import { findProcess, isRunning, type ProcessIdentity } from "./process-table.ts";

/** One kind of private server of one data folder. */
export interface ServerSpec {
  readonly name: "MariaDB" | "MongoDB";
  readonly program: string;
  /** Holds data, log and the port last used. */
  readonly folder: string;
  /** The arguments by which a process is known to be the server of this folder. */
  readonly mark: readonly string[];
  /** All arguments; contains `mark` and `--port=<port>` or `--port <port>`. */
  toArguments(port: number): readonly string[];
  /** Makes the data folder when there is none; must leave nothing half done behind a kill. */
  prepare(): Promise<void>;
  /** Version of the server at this port; rejects while it does not answer, with SETUP_FAILED when it never will. */
  ping(port: number): Promise<string>;
  /** The same of a server that is set up, at less cost: for who only looks. */
  greet(port: number): Promise<string>;
}

export interface PrivateServer extends ProcessIdentity {
  readonly name: ServerSpec["name"];
  readonly port: number;
  readonly version: string;
}

const READY_MS = 180_000; // recovery after a crash of a large database takes minutes
const STOP_MS = 60_000;
const LOG_ROTATE_BYTES = 16 * 1024 * 1024;

const logFileOf = (spec: Pick<ServerSpec, "folder">): string => join(spec.folder, "server.log");

/** The server of the folder when it runs, whoever started it. */
export function findServer(spec: ServerSpec): (ProcessIdentity & { readonly port: number }) | null {
  const found = findProcess((argv) => containsRun(argv, spec.mark));
  const port = found && readPortArgument(found.argv);
  return found && port ? { pid: found.pid, startTime: found.startTime, port } : null;
}

/**
 * The folder's server, started when it does not run; call it under the start lock.
 * @throws VitrineError SERVER_DIED with the tail of its log
 */
export async function ensureServer(spec: ServerSpec): Promise<PrivateServer> {
  const running = findServer(spec);
  if (running) return waitUntilReady(spec, running, () => isRunning(running));
  makeFolder(spec.folder, { mode: 0o700 });
  await spec.prepare();
  const portFile = join(spec.folder, "port");
  const port = await chooseFreePort(
    existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : undefined,
  );
  writeFileSync(portFile, `${port}\n`);
  const child = spawnServer(spec, port);
  return waitUntilReady(spec, { port }, () => child.exitCode === null && child.signalCode === null);
}

/** The folder's server as it runs, for a command that starts and changes nothing; null when it does not run. */
export async function joinServer(spec: ServerSpec): Promise<PrivateServer | null> {
  const running = findServer(spec);
  if (!running) return null;
  const version = await spec.greet(running.port).catch(() => null);
  if (version !== null) return { ...running, name: spec.name, version };
  // It is starting, or at its end: that takes longer to find out.
  return waitUntilReady(spec, running, () => isRunning(running));
}

async function waitUntilReady(
  spec: ServerSpec,
  { port }: { readonly port: number },
  isAlive: () => boolean,
): Promise<PrivateServer> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (!isAlive()) throw diedError(spec);
    const version = await spec.ping(port).catch((error: unknown) => {
      if (error instanceof VitrineError && error.code === "SETUP_FAILED") throw error;
      return null;
    });
    const found = version === null ? null : findServer(spec);
    if (version !== null && found) return { ...found, name: spec.name, version };
    if (Date.now() > deadline)
      throw new VitrineError("SETUP_FAILED", `${spec.name} does not answer. ${readTail(spec)}`);
    await sleep(25);
  }
}

/** In a process group of its own: Ctrl-C in the terminal reaches us, and we stop the servers in order. */
function spawnServer(spec: ServerSpec, port: number): ChildProcess {
  const logFile = logFileOf(spec);
  if (existsSync(logFile) && statSync(logFile).size > LOG_ROTATE_BYTES) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(spec.program, [...spec.toArguments(port)], {
    cwd: spec.folder,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", () => {}); // seen as a process that never ran
  child.unref();
  return child;
}

/** Asks the server to stop, waits for its clean end, and ends it by force after a minute. */
export async function stopServer(server: ProcessIdentity): Promise<void> {
  if (!sendSignal(server, "SIGTERM")) return;
  const deadline = Date.now() + STOP_MS;
  while (isRunning(server)) {
    if (Date.now() > deadline) sendSignal(server, "SIGKILL");
    await sleep(20);
  }
}

function sendSignal(server: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(server)) return false;
  try {
    return process.kill(server.pid, signal);
  } catch {
    return false;
  }
}

/** A server ended that nobody stopped. */
export const diedError = (spec: ServerSpec): VitrineError =>
  new VitrineError("SERVER_DIED", `The private ${spec.name} server ended by itself. ${readTail(spec)}`, {
    details: { server: spec.name, logFile: logFileOf(spec) },
  });

function readTail(spec: ServerSpec): string {
  const logFile = logFileOf(spec);
  const lines = existsSync(logFile) ? readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-15) : [];
  return `The end of ${logFile}:\n  ${lines.join("\n  ")}`;
}

function containsRun(argv: readonly string[], run: readonly string[]): boolean {
  return argv.some((_, start) => start > 0 && run.every((word, index) => argv[start + index] === word));
}

function readPortArgument(argv: readonly string[]): number | null {
  const index = argv.findIndex((word) => word === "--port" || word.startsWith("--port="));
  const value = argv[index]?.includes("=") ? argv[index]?.split("=")[1] : argv[index + 1];
  return value && /^\d+$/.test(value) ? Number(value) : null;
}
