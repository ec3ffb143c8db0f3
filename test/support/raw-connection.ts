import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

/** A connection on which bytes are sent as they are, and which can be reset. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that came so far. */
  received(): string;
  /** Waits until this has come. */
  until(text: string): Promise<void>;
}

/** Opens a connection to a port of this machine and sends `text`. It is not closed because the server closes its side. */
export async function openRaw(port: number, text = ""): Promise<RawConnection> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  await once(socket, "connect");
  if (text !== "") socket.write(text);
  return {
    socket,
    received: () => received,
    until: async (wanted) => {
      while (!received.includes(wanted) && !socket.destroyed)
        await Promise.race([once(socket, "data"), once(socket, "close")]);
      if (!received.includes(wanted)) throw new Error(`The connection ended after: ${received}`);
    },
  };
}

/** The text of a request. */
export const request = (line: string, headers: readonly string[] = [], body = ""): string =>
  [`${line} HTTP/1.1`, "host: 127.0.0.1", ...headers, "", body].join("\r\n");

/** Headers of a well-formed WebSocket upgrade. */
export const upgradeHeaders = [
  "connection: Upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-protocol: graphql-transport-ws",
];

/** A text frame as a client sends it (with a mask of zeros); at most 125 characters, or 65,535 with `long`. */
export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

/** Connections at this port that some process still holds, from the side of the server. */
export function countHeld(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/self/net/tcp", "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, address, , state, , , , , , inode]) => address?.endsWith(local) && state !== "0A" && inode !== "0",
    ).length;
}
