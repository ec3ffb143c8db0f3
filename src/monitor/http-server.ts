import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { VitrineError } from "../errors.ts";

/**
 * Makes the server listen; port 0 takes a free one. Returns the port, and the address without a path.
 * @throws VitrineError PORT_IN_USE
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
): Promise<{ readonly port: number; readonly origin: string }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const message = `Port ${port} is taken. Choose another with --port or PORT; 0 takes a free one.`;
      reject(new VitrineError("PORT_IN_USE", message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo; // a TCP server that listens has one
  return { port: address.port, origin: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}` };
}

/** Ends the response with a value as JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Ends the response with an error in the form of a GraphQL answer. */
export const sendError = (response: ServerResponse, status: number, code: string, message: string): void =>
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
