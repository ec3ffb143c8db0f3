import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A balancer as clusters have it: it asks each server whether requests should be sent there, gives new connections to those that
 * say so, in turn, and leaves alone those that are open. It reads nothing of what goes through.
 */
export interface ReadyBalancer {
  readonly port: number;
  add(port: number): void;
  /** Forgets a server, as when its container is gone. */
  remove(port: number): void;
  /** Servers that new connections are given to. */
  ready(): readonly number[];
  close(): Promise<void>;
}

/** Asks `path` of each server every `everyMs`; one answer that is not 200 takes a server out, one that is 200 puts it in. */
export async function openReadyBalancer(path: string, everyMs: number): Promise<ReadyBalancer> {
  const servers = new Map<number, boolean>();
  const sockets = new Set<Socket>();
  let turn = 0;
  let isClosed = false;
  const ready = () => [...servers].filter(([, isReady]) => isReady).map(([port]) => port);

  const server = createServer((client) => {
    const open = ready();
    const target = open[turn++ % Math.max(1, open.length)];
    if (target === undefined) return void client.destroy();
    const inside = connect({ host: "127.0.0.1", port: target, noDelay: true });
    for (const [from, to] of [
      [client, inside],
      [inside, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const look = async (port: number) => {
    const isReady = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    if (servers.has(port)) servers.set(port, isReady);
  };
  const looking = (async () => {
    while (!isClosed) {
      await Promise.all([...servers.keys()].map(look));
      await sleep(everyMs);
    }
  })();

  return {
    port: (server.address() as AddressInfo).port, // a TCP server that listens has one
    add: (port) => void servers.set(port, false),
    remove: (port) => void servers.delete(port),
    ready,
    async close() {
      isClosed = true;
      await looking;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
