import { type Client, createClient } from "graphql-ws";

/** The WebSocket of subscriptions, and whether it is open now. */
export interface Connection {
  readonly socket: Client;
  readonly isOpen: () => boolean;
  /** Tells when it opens and when it breaks. @returns ends the telling */
  readonly onChange: (call: () => void) => () => void;
}

/** The gateway is asked whether it is there this often, and has this long to answer. */
const [pingMs, pongMs] = [10_000, 5000];
const [retryMs, lastRetryMs] = [1000, 30_000];

/**
 * Made again for as long as somebody subscribes: half a minute after the gateway is back at the latest, and when no
 * answer to a ping comes, for a connection may be dead though nobody closed it.
 */
export function connect(url: string): Connection {
  let isOpen = false;
  let isGone: ReturnType<typeof setTimeout> | undefined;
  const socket: Client = createClient({
    url,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    // By chance up to half of it less, so that not all pages come back at once.
    retryWait: (retries) =>
      new Promise((done) => {
        setTimeout(done, Math.min(retryMs * 2 ** retries, lastRetryMs) * (1 - Math.random() / 2));
      }),
    connectionAckWaitTimeout: pingMs,
    keepAlive: pingMs,
    on: {
      connected: () => {
        isOpen = true;
      },
      closed: () => {
        isOpen = false;
        clearTimeout(isGone);
      },
      ping: (isReceived) => {
        if (!isReceived) isGone = setTimeout(() => socket.terminate(), pongMs);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(isGone);
      },
    },
  });
  return {
    socket,
    isOpen: () => isOpen,
    onChange: (call) => {
      const ends = [socket.on("connected", call), socket.on("closed", call)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
