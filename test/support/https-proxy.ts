import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./make-certificate.ts";

/** A server of HTTPS that passes all on to one of HTTP on this machine, and says for whom it asks. */
export async function openHttpsProxy(
  targetPort: number,
  { cert, key }: Certificate,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const toOptions = (incoming: IncomingMessage, from: string | undefined) => ({
    host: "127.0.0.1",
    port: targetPort,
    method: incoming.method,
    path: incoming.url,
    headers: { ...incoming.headers, "x-forwarded-for": from, "x-forwarded-proto": "https" },
  });
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (incoming, outgoing) => {
    const passed = request(toOptions(incoming, incoming.socket.remoteAddress), (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.once("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.on("upgrade", (incoming, socket, head) => {
    const passed = request(toOptions(incoming, incoming.socket.remoteAddress));
    passed.once("upgrade", (answer, other) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      other.write(head);
      other.pipe(socket).pipe(other);
      for (const [one, its] of [
        [socket, other],
        [other, socket],
      ] as const)
        one.once("error", () => its.destroy());
    });
    passed.once("response", () => socket.destroy());
    passed.once("error", () => socket.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a port has one.
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
