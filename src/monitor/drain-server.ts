import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Makes `server` closable without cutting answers off: returns a function that takes no more connections, lets
 * requests under way finish for at most `patienceMs`, and ends connections that carry none. Node's own
 * `closeIdleConnections` leaves those open that have never sent a request, as browsers open them ahead.
 */
export function drainServer(server: Server, patienceMs: number): () => Promise<void> {
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let isClosing = false;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    busy.add(socket);
    response.once("close", () => {
      busy.delete(socket);
      if (isClosing) socket.end();
    });
  });
  return () =>
    new Promise((resolve) => {
      isClosing = true;
      const force = setTimeout(() => server.closeAllConnections(), patienceMs);
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
    });
}
