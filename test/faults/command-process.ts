import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../bin/vitrine.mjs", import.meta.url));

/** The commands of one data folder, as a person runs them. */
export interface CommandLine {
  /** `vitrine up` until it says that every model is mirrored. */
  up(): Promise<void>;
  /** SIGKILL for `vitrine up`. */
  killUp(): Promise<void>;
  /** Any other command, to its end. */
  run(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }>;
  /** SIGKILL for everything that runs, and nothing new. */
  close(): Promise<void>;
}

/** Servers are private ones of this folder, whatever the environment names. */
export function openCommandLine(dataDir: string): CommandLine {
  const { MARIADB_URL: _, MONGODB_URL: __, ...others } = process.env;
  const running = new Set<ChildProcess>();
  let isClosed = false;
  let server: ChildProcess | undefined;
  const start = (args: readonly string[]) => {
    if (isClosed) throw new Error("The commands are closed.");
    const child = spawn(process.execPath, [bin, ...args], {
      env: { ...others, VITRINE_DATA_DIR: dataDir },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    return child;
  };
  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return {
    async up() {
      server = start(["up", "--no-sample", "--port", "0", "--json"]);
      // Kept from filling, which would stop the process.
      let said = "";
      server.stderr?.on("data", (piece) => {
        said = `${said}${piece}`.slice(-4000);
      });
      // It is spawned with a pipe.
      const lines = createInterface({ input: server.stdout as NodeJS.ReadableStream });
      const [first] = await Promise.race([once(lines, "line"), once(server, "exit").then(() => [])]);
      if (first === undefined) throw new Error(`vitrine up ended by itself.\n${said}`);
    },
    async killUp() {
      if (server) await kill(server);
    },
    async run(...args) {
      const child = start(args);
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (piece) => {
          output += piece;
        });
      const [code] = await once(child, "close");
      return { code, output };
    },
    async close() {
      isClosed = true;
      await Promise.all([...running].map(kill));
    },
  };
}
