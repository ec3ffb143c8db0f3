import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Stack } from "../../src/local/stack.ts";

const script = fileURLToPath(new URL("hold-stack.ts", import.meta.url));

/** Another command that uses the servers of a folder, in a process of its own. */
export interface StackHolder {
  readonly pid: number;
  readonly mariadb: Stack["mariadb"];
  readonly mongodb: Stack["mongodb"];
  /** The next line it prints: a server died. */
  nextLine(): Promise<{ readonly died?: string }>;
  /** Leaves in order. */
  leave(): Promise<void>;
  /** Ends at once, with nothing put away. */
  kill(): Promise<void>;
}

/** Starts a holder and waits until it has both servers. */
export async function holdStack(dataDir: string, ...args: readonly string[]): Promise<StackHolder> {
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const line = await lines.next();
    if (line.done) throw new Error("the holder ended");
    return JSON.parse(line.value);
  };
  const { mariadb, mongodb } = await nextLine();
  return {
    pid: child.pid ?? 0,
    mariadb,
    mongodb,
    nextLine,
    leave: () => end(child, "SIGTERM"),
    kill: () => end(child, "SIGKILL"),
  };
}

/** Starts a holder and kills it `afterMs` later, wherever it then is. */
export async function killWhileStarting(dataDir: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await end(child, "SIGKILL");
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
