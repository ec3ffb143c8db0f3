import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Departure } from "./departure.ts";

/**
 * Makes `server` closable without cutting answers off: returns a function that takes no more connections, lets
 * requests under way finish for at most `patienceMs`, and ends connections that carry none. Node's own
 * `closeIdleConnections` leaves those open that have never sent a request, as browsers open them ahead. Whoever asks during the
 * departure is told that the connection ends with the answer, so that the next request goes where a balancer sends it.
 */
export function drainServer(server: Server, patienceMs: number, departure: Departure): () => Promise<void> {
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let isClosing = false;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Before whoever answers: headers that are written can be told nothing more.
  server.prependListener("request", ({ socket }, response) => {
    if (departure.isLeaving()) response.setHeader("connection", "close");
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
