import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Shape } from "./fault-models.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Step } from "./steps.ts";

/** The loader is struck by this signal the `count`-th time that it comes to this point. */
export interface Strike {
  readonly step: Step;
  readonly when: "before" | "after";
  readonly count: number;
  /** Only when it is about documents of this model. */
  readonly model?: string;
  readonly signal: "SIGKILL" | "SIGSTOP";
}

export type Order =
  | {
      readonly type: "start";
      readonly mariadbUrl: string;
      /** Sees triggers, which the loader's account does not. */
      readonly adminUrl: string;
      readonly mongodbUrl: string;
      readonly sabotage: Sabotage | null;
      /** Records its definitions in this shape, whatever is recorded; null: the own shape, and only if it is recorded. */
      readonly adopts: Shape | null;
    }
  | { readonly type: "strike"; readonly strike: Strike | null }
  | { readonly type: "clock"; readonly ms: number };

/** A loader in a process of its own. */
export interface LoaderProcess {
  order(order: Order): void;
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** True when the strike came within `ms`. */
  struck(ms: number): Promise<boolean>;
  /** Batches between the two stores: when it was struck, else as it told last. */
  flying(): number;
  isAlive(): boolean;
  /** Alive, and not frozen. */
  isRunning(): boolean;
  kill(): Promise<void>;
}

const script = fileURLToPath(new URL("loader-child.ts", import.meta.url));

/** Starts the process; it does nothing before its first order. */
export async function spawnLoader(): Promise<LoaderProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  let strikes = 0;
  if (!child.stdout) throw new Error("A loader has no standard output.");
  let flying = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    strikes += 1;
    flying = Number(line);
  });
  // The child sends nothing else.
  child.on("message", (message: { readonly flying: number }) => {
    flying = message.flying;
  });
  await Promise.race([
    once(child, "message"),
    exited.then(() => {
      throw new Error("A loader ended before it began.");
    }),
  ]);
  let seen = 0;
  return {
    order: (order) => {
      if (isAlive()) child.send(order, () => undefined);
    },
    signal: (signal) => {
      if (isAlive()) child.kill(signal);
    },
    struck: async (ms) => {
      const deadline = Date.now() + ms;
      while (strikes === seen && isAlive() && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 10));
      const isStruck = strikes > seen || !isAlive();
      seen = strikes;
      return isStruck;
    },
    flying: () => flying,
    isAlive,
    isRunning: () => isAlive() && !/\) [Tt] /.test(readFileSync(`/proc/${child.pid}/stat`, "utf8")),
    kill: async () => {
      if (!isAlive()) return;
      child.kill("SIGKILL");
      await exited;
    },
  };
}
