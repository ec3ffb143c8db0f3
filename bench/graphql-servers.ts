import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { BenchShop } from "./with-shop.ts";

/** A GraphQL server in a process of its own. */
export interface GraphqlServer {
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Ours, as it is deployed: built, with its log (which nobody reads here). */
export async function startGateway(
  shop: BenchShop,
  connections: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<GraphqlServer> {
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
  return { url: graphql, pid: child.pid, stop: () => stop(child) };
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
