import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { addKey } from "../src/access/keys.ts";
import type { BenchShop } from "./with-shop.ts";

/** A GraphQL server in a process of its own. */
export interface GraphqlServer {
  readonly url: string;
  readonly pid: number | undefined;
  /** What says who asks. */
  readonly headers?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Ours, as it is deployed: built, with its log (which nobody reads here).
 * @param settings beside those that the shop needs
 * @param role who asks has it, and a key; default: nobody is asked
 */
export async function startGateway(
  shop: BenchShop,
  connections: number,
  settings: Readonly<Record<string, string>> = {},
  role?: string,
): Promise<GraphqlServer> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-bench-"));
  const keysFile = join(folder, "keys.json");
  const key = role && (await addKey(keysFile, { name: "bench", role, claims: {}, expires: null }));
  const built = spawn(process.execPath, [fileOf("../bin/build.mjs")], { stdio: "inherit" });
  const [code] = await once(built, "exit");
  if (code !== 0) throw new Error("What is to be measured cannot be built.");
  const child = spawn(process.execPath, [fileOf("../bin/vitrine.mjs"), "--json", "serve", "--port", "0"], {
    cwd: fileOf(".."),
    env: {
      ...process.env,
      MARIADB_URL: shop.mariadbUrl,
      MONGODB_URL: shop.mongodbUrl,
      VITRINE_POOL_SIZE: String(connections),
      ...(key && { VITRINE_AUTH: "keys", VITRINE_KEYS: keysFile }),
      ...settings,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, "exit").then(() => {
    throw new Error("The gateway has ended. Run `vitrine serve` by hand to see why.");
  });
  exited.catch(() => undefined); // it ends when it is told to
  const [line] = await Promise.race([once(lines, "line"), exited]);
  const { graphql } = JSON.parse(String(line)) as { readonly graphql: string }; // what `serve --json` prints
  return {
    ...{ url: graphql, pid: child.pid, headers: key ? { authorization: `Bearer ${key}` } : {} },
    async stop() {
      await stop(child);
      await rm(folder, { recursive: true });
    },
  };
}

/** Theirs: `mercurius-peer.ts`. */
export async function startPeer(shop: BenchShop, connections: number): Promise<GraphqlServer> {
  const args = ["--import", "tsx", fileOf("mercurius-peer.ts"), shop.mariadbUrl, String(connections)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_ENV: "production" }, // as ours
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  // The child sends its address and nothing else.
  const [{ url }] = (await once(child, "message")) as [{ readonly url: string }];
  return { url, pid: child.pid, stop: () => stop(child) };
}

async function stop(child: ReturnType<typeof spawn>): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
