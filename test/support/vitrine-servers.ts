import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { vitrineEnvironment } from "./run-vitrine.ts";

/** A server of Vitrine in a process of its own. */
export interface VitrineServer {
  readonly port: number;
  /** SIGTERM; its exit code. */
  stop(): Promise<unknown>;
}

/** Starts servers on the databases of a test, each as a command of its own. */
export interface VitrineServers {
  /** `port` 0 takes a free one. @throws when it ends by itself */
  start(verb: "serve" | "mirror", args: readonly string[], port?: number): Promise<VitrineServer>;
  /** SIGKILL for those that run. */
  close(): void;
}

type Databases = Parameters<typeof vitrineEnvironment>[0];

/** Servers that work in a data folder. */
export function openVitrineServers(
  databases: Databases,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): VitrineServers {
  const running = new Set<ChildProcess>();
  return {
    async start(verb, args, port = 0) {
      const child = spawn(
        process.execPath,
        ["bin/vitrine.mjs", verb, ...args, "--port", `${port}`, "--json"],
        {
          env: { ...vitrineEnvironment(databases, dataDir), LOG_LEVEL: "info", ...env },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      running.add(child);
      const exited = once(child, "exit");
      void exited.then(() => running.delete(child));
      // A gateway prints where it is, a loader logs it.
      const [told, other] = verb === "serve" ? [child.stdout, child.stderr] : [child.stderr, child.stdout];
      let said = "";
      other.on("data", (piece) => {
        said = `${said}${piece}`.slice(-2000);
      });
      const lines = createInterface({ input: told });
      // Who closes it stops what it reads from, and a full pipe would stop the server.
      lines.once("close", () => told.resume());
      for await (const line of lines) {
        const { graphql, probesAt } = JSON.parse(line);
        const address = graphql ?? probesAt;
        if (!address) continue;
        const stop = async () => {
          child.kill("SIGTERM");
          return (await exited)[0];
        };
        return { port: Number(new URL(address).port), stop };
      }
      await exited;
      throw new Error(`vitrine ${verb} ended by itself: ${said}`);
    },
    close() {
      for (const child of running) child.kill("SIGKILL");
    },
  };
}
