import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readChangeTables, readOldestChange } from "../src/core/change-tables.ts";
import type { BenchShop } from "./with-shop.ts";

export interface LoaderReport {
  /** Documents written since its start. */
  readonly written: number;
  /** Memory (RSS) before it began to work, and the most since. */
  readonly idleMiB: number;
  readonly peakMiB: number;
}

export interface LoaderProcess {
  readonly pid: number | undefined;
  report(): Promise<LoaderReport>;
  stop(): Promise<void>;
}

/** All models of the shop and so many more; or those that are named. */
export type Served = { readonly things: number } | { readonly models: readonly string[] };

/** Starts a loader in a process of its own: by itself of three documents of the shop. */
export function startLoader(shop: BenchShop, served?: Served): LoaderProcess {
  const script = fileURLToPath(new URL("loader-child.ts", import.meta.url));
  const urls = [shop.mariadbUrl, shop.mongodbUrl];
  const models = served ? [JSON.stringify(served)] : [];
  const child = spawn(process.execPath, ["--import", "tsx", script, ...urls, ...models], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return {
    pid: child.pid,
    report: async () => {
      child.send("report");
      // The child sends nothing but reports.
      return (await once(child, "message"))[0] as LoaderReport;
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Waits until nothing is on its way to the mirror of so many models. */
export async function drained({ admin }: BenchShop, models = 3): Promise<void> {
  for (;;) {
    const changes = await readOldestChange(admin, await readChangeTables(admin));
    const [row] = await admin.query<{ left: string }>(
      `select exists(select 1 from vitrine_pending)
        + (select count(*) <> ${models} from vitrine_state where rebuild_status = 'done') as \`left\``,
    );
    if (changes === null && Number(row?.left) === 0) return;
    await sleep(10);
  }
}
