import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A port that leads to another one, over a network that can be made bad. */
export interface TcpProxy {
  readonly port: number;
  /** Resets every connection; new ones are taken. */
  cut(): void;
  /** Every piece arrives so much later, in both directions. */
  delay(ms: number): void;
  /** Holds back every byte, of new connections too, until `open`: nobody is told anything. */
  blackHole(): void;
  /** Holds back what goes over the connections that are open now, until `open`; new ones are as usual. */
  holdBack(): void;
  open(): void;
  /** Swallows every byte of the connections that are open now, for ever, and tells nobody; new ones are as usual. */
  forget(): void;
  /** Resets every connection and refuses new ones, as if nothing listened, until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

/** Opens a proxy to a port of this machine. */
export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let gate: Promise<void> = Promise.resolve();
  let lift: () => void = () => undefined;
  let isGated: (number: number) => boolean = () => true;
  let opened = 0;
  /** Connections from before the last `forget` belong to an earlier age. */
  let age = 0;

  const pump = (from: Socket, to: Socket) => {
    // One chain per direction: pieces keep their order when the delay shrinks.
    let chain: Promise<void> = Promise.resolve();
    const born = age;
    const number = ++opened;
    from.on("data", (piece) => {
      const due = Date.now() + delayMs;
      chain = chain.then(async () => {
        if (due > Date.now()) await sleep(due - Date.now());
        if (isGated(number)) await gate;
        if (!to.destroyed && born === age) to.write(piece);
      });
    });
    from.on("end", () => void chain.then(() => born === age && to.end()));
    from.on("error", () => born === age && to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      void chain.then(() => born === age && to.destroy());
    });
  };

  const server: Server = createServer((client) => {
    const target = connect({ host: "127.0.0.1", port: targetPort });
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      sockets.add(socket);
    }
    pump(client, target);
    pump(target, client);
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one

  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const close = (isOfThose: (number: number) => boolean) => {
    isGated = isOfThose;
    gate = new Promise((resolve) => {
      lift = resolve;
    });
  };
  const open = () => {
    lift();
    gate = Promise.resolve();
  };
  const forget = () => {
    age += 1;
  };
  const stop = async () => {
    const closed = once(server, "close");
    server.close();
    cut();
    await closed;
  };
  return {
    port,
    cut,
    delay: (ms) => {
      delayMs = ms;
    },
    blackHole: () => close(() => true),
    holdBack: () => {
      const last = opened;
      close((number) => number <= last);
    },
    open,
    forget,
    stop,
    start: () => listen(port),
    // One on either side of the proxy.
    connections: () => sockets.size / 2,
    close: async () => {
      open();
      if (server.listening) await stop();
    },
  };
}
