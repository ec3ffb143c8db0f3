import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import mysql from "mysql2/promise";

/** One address of several nodes of a cluster, as a balancer or an operator of Kubernetes gives it. */
export interface Balancer {
  readonly port: number;
  /** The port that the next connection goes to; null while no node may be used. */
  target(): number | null;
  close(): Promise<void>;
}

interface Backend {
  readonly port: number;
  isUp: boolean;
  readonly sockets: Set<Socket>;
}

const CHECK_MS = 150;
/** A node that does not answer for so long counts as gone: one that is frozen says nothing. */
const PATIENCE_MS = 1000;

/**
 * Looks at each node all the time (`wsrep_ready`), and resets the connections to one that is not ready.
 * @param options.spread connections go to the nodes by turns; else all to the first that is ready, and stay there
 * @param options.url of a node with a port, for the looks
 */
export async function openBalancer(
  ports: readonly number[],
  options: { readonly spread: boolean; readonly url: (port: number) => string },
): Promise<Balancer> {
  const backends: Backend[] = ports.map((port) => ({ port, isUp: true, sockets: new Set() }));
  let turn = 0;
  let current: Backend | undefined = backends[0];
  const choose = (): Backend | undefined => {
    const up = backends.filter(({ isUp }) => isUp);
    if (options.spread) return up[turn++ % Math.max(1, up.length)];
    // It never goes back to a node that is there again: connections would be on two.
    if (!current?.isUp) current = up[0];
    return current;
  };
  const server = createServer({ noDelay: true }, (client) => {
    const backend = choose();
    client.on("error", () => undefined);
    if (!backend) return void client.resetAndDestroy();
    const target = connect({ port: backend.port, host: "127.0.0.1", noDelay: true });
    for (const socket of [client, target]) backend.sockets.add(socket);
    target.on("error", () => client.resetAndDestroy());
    target.on("close", () => client.destroy());
    client.on("close", () => target.destroy());
    for (const socket of [client, target]) socket.on("close", () => backend.sockets.delete(socket));
    client.pipe(target);
    target.pipe(client);
  });
  const closing = new AbortController();
  const watch = async (backend: Backend) => {
    while (!closing.signal.aborted) {
      backend.isUp = await isReady(options.url(backend.port));
      if (!backend.isUp) for (const socket of backend.sockets) socket.resetAndDestroy();
      await sleep(CHECK_MS);
    }
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const watching = backends.map(watch);
  return {
    port: (server.address() as AddressInfo).port, // a TCP server that listens has one
    target: () => (options.spread ? null : (choose()?.port ?? null)),
    async close() {
      closing.abort();
      const closed = once(server, "close");
      server.close();
      for (const { sockets } of backends) for (const socket of sockets) socket.resetAndDestroy();
      await Promise.all([closed, ...watching]);
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  let connection: mysql.Connection | undefined;
  const look = async () => {
    connection = await mysql.createConnection({
      uri: url.replace(/^mariadb:/, "mysql:"),
      connectTimeout: PATIENCE_MS,
    });
    connection.on("error", () => undefined);
    const [rows] = await connection.query<mysql.RowDataPacket[]>("show global status like 'wsrep_ready'");
    return rows[0]?.Value === "ON";
  };
  try {
    return await Promise.race([look(), sleep(PATIENCE_MS, false)]);
  } catch {
    return false;
  } finally {
    connection?.destroy();
  }
}
