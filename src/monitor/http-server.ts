import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type ErrorCode, VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { HostRule } from "./allowed-hosts.ts";

/** A peer that was refused, or sent no further, has so long to read why, in milliseconds. */
export const FLUSH_MS = 1000;

export interface Guards {
  readonly logger: Logger;
  readonly hosts: HostRule;
}

/**
 * A server that survives its clients: a connection that breaks, in whatever state, a request that fails, and a name
 * that it does not go by (421) end nobody else's. Each answer has an `x-request-id`.
 */
export function createGuardedServer(
  handle: (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<unknown>,
  { logger, hosts }: Guards,
): Server {
  const server = createServer((request, response) => {
    const requestId = randomUUID();
    response.setHeader("x-request-id", requestId);
    response.setHeader("x-content-type-options", "nosniff");
    const stranger = hosts.refuse(request);
    if (stranger !== null) return sendError(response, 421, "USAGE", stranger);
    handle(request, response, requestId).catch((error: unknown) => {
      const hasLeft = response.destroyed || request.errored !== null;
      logger[hasLeft ? "debug" : "error"](
        { requestId, err: error },
        hasLeft ? "client left" : "request failed",
      );
      if (response.headersSent || hasLeft) response.destroy();
      else sendError(response, 500, "INTERNAL", "An internal error occurred.");
    });
  });
  // An error that nobody listens for ends the process. Node listens only as long as a connection speaks HTTP.
  server.on("connection", (socket) => {
    socket.on("error", (error) => logger.debug({ err: error }, "a connection broke"));
  });
  server.on("clientError", refuseUnread);
  return server;
}

/** Statuses of requests that cannot be read; any other is a 400. */
const unreadable: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    "431 Request Header Fields Too Large",
    "The address and its headers have more than 16 KB. Post a long operation; a link of GraphiQL may hold it behind #.",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request did not come in time."],
};

/** Says why what came cannot be read as a request, and lets the connection go, as Node does by itself without a word. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  // What comes after the first refusal is read, and refused, again.
  if (socket.writableEnded) return;
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const [status, message] = unreadable[error.code ?? ""] ?? ["400 Bad Request", "This is no HTTP request."];
  const code: ErrorCode = "USAGE";
  const body = `${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`;
  endWith(socket, status, ["content-type: application/json; charset=utf-8"], body);
}

/** Refuses what a client wanted to make of its connection, and lets the connection go whatever the client does. */
export const refuseUpgrade = (socket: Duplex, status: `${number} ${string}`): void => endWith(socket, status);

function endWith(socket: Duplex, status: string, headers: readonly string[] = [], body = ""): void {
  const lines = [
    `HTTP/1.1 ${status}`,
    "connection: close",
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  // What came meanwhile is read: closing over it would reset the connection, and the answer with it.
  socket.resume();
  const late = setTimeout(() => socket.destroy(), FLUSH_MS);
  socket.once("end", () => socket.destroy());
  socket.once("close", () => clearTimeout(late));
}

/**
 * Makes the server listen; port 0 takes a free one. Returns the port, and the address without a path.
 * @throws VitrineError PORT_IN_USE
 */
export async function listen(
  server: Server,
  { host, port, logger }: { readonly host: string; readonly port: number; readonly logger: Logger },
): Promise<{ readonly port: number; readonly origin: string }> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const message = `Port ${port} is taken. Choose another with --port or PORT; 0 takes a free one.`;
      reject(new VitrineError("PORT_IN_USE", message, { cause: error }));
    };
    server.once("error", refuse);
    server.listen(port, host, () => {
      server.off("error", refuse);
      // A connection that could not be taken (no descriptor is left) is no reason to leave all others.
      server.on("error", (error) => logger.error({ err: error }, "a connection could not be taken"));
      resolve();
    });
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
export const sendError = (response: ServerResponse, status: number, code: ErrorCode, message: string): void =>
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
