import type { IncomingMessage } from "node:http";
import { CloseCode, MessageType, parseMessage, type Server, type SubscribePayload } from "graphql-ws";
import type { WebSocket } from "ws";
import type { Logger } from "../log.ts";
import type { Authenticated } from "./authenticate.ts";
import { MAX_NESTING, nestsDeeper } from "./text-limits.ts";

/** An operation that is being answered. */
export interface RunningOperation {
  /** What its client sent: an id may be given again as soon as its operation is complete. */
  readonly payload: SubscribePayload;
  /** To be called when it is over: true when its client has all of the answer. Only the first call counts. */
  end(finished: boolean): void;
}

/** What belongs to one WebSocket. */
export interface Connection {
  readonly request: IncomingMessage;
  /** Who asks, once they have said so. */
  authenticated?: Authenticated;
  /** To be called when it is closed. */
  onClose?: () => void;
  /** Whether its client is still there. */
  readonly isOpen: () => boolean;
  /** Closes it. */
  readonly close: (code: number, reason: string) => void;
  /** By their ids. */
  readonly operations: Map<string, RunningOperation>;
}

/** A peer that does not answer a ping before the next one is gone. */
const PING_MS = 12_000;

/**
 * Lets a WebSocket speak the protocol. Not the adapter that comes with the library: that one hears a socket's first
 * error only, so that the second ends the process, leaves a rejection when a subscription cannot be ended, and writes
 * of every client that left to standard error.
 */
export function serveConnection(
  protocol: Server<Connection>,
  socket: WebSocket,
  connection: Connection,
  logger: Logger,
): void {
  const { operations } = connection;
  const noteFault = (err: unknown) => logger.error({ err }, "a WebSocket message failed");
  socket.on("error", (err) => logger.debug({ err }, "a WebSocket broke"));
  let isThere = true;
  const ping = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, PING_MS);
  socket.on("pong", () => {
    isThere = true;
  });
  const leave = protocol.opened(
    {
      protocol: socket.protocol,
      // Nobody waits for what a client that left was sent: its operations are ended when the socket closes.
      send: (text) =>
        new Promise((resolve) => {
          if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
          else resolve();
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) =>
        socket.on("message", (message) => {
          const text = String(message);
          // Variables within it are refused with a code (limitTexts).
          if (nestsDeeper(text, 20 * MAX_NESTING))
            return socket.close(CloseCode.BadRequest, "Nested too deeply");
          // The library hears of it for subscriptions only: a query would run to its end.
          operations.get(readCompleted(text) ?? "")?.end(false);
          take(text).catch((error: unknown) => {
            noteFault(error);
            socket.close(CloseCode.InternalServerError, "Internal server error");
          });
        }),
    },
    connection,
  );
  socket.once("close", (code, reason) => {
    clearInterval(ping);
    connection.onClose?.();
    for (const { end } of operations.values()) end(false);
    leave(code, String(reason)).catch(noteFault);
  });
}

/** The id of the operation that a client's message completes: it wants no more of it. */
function readCompleted(text: string): string | undefined {
  if (!text.includes('"complete"')) return undefined;
  try {
    const message = parseMessage(text);
    return message.type === MessageType.Complete ? message.id : undefined;
  } catch {
    return undefined; // whoever takes the message refuses it
  }
}
