import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A killed server of many threads is a zombie before its last thread has let the port go. */
const PREFERRED_WAIT_MS = 2000;

/**
 * A free port on loopback; `preferred` when that is free within two seconds. Others are taken below 32768, where the kernel
 * gives none to outgoing connections: a client that knocks at the port of a server that died could else
 * be given that very port, connect to itself, and keep the server from coming back.
 */
export async function chooseFreePort(preferred?: number): Promise<number> {
  const deadline = performance.now() + PREFERRED_WAIT_MS;
  while (preferred !== undefined && performance.now() < deadline) {
    if (await isPortFree(preferred)) return preferred;
    await sleep(20);
  }
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isPortFree(port)) return port;
  }
}

const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
