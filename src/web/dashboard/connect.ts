import { type Client, createClient } from "graphql-ws";

/** The other side is asked whether it is there this often, and has this long to answer. */
const [PING_MS, PONG_MS] = [10_000, 5000];
const [RETRY_MS, LAST_RETRY_MS] = [1000, 30_000];

/**
 * A connection to the endpoint at `url` (`ws:`), made again for as long as somebody subscribes: within half a minute of
 * the gateway's return, and within a quarter when it is dead though nobody closed it.
 */
export function connect(url: string): Client {
  let isGone: ReturnType<typeof setTimeout> | undefined;
  const client: Client = createClient({
    url,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, retryMsOf(retries))),
    connectionAckWaitTimeout: PING_MS,
    keepAlive: PING_MS,
    on: {
      ping(isReceived) {
        if (!isReceived) isGone = setTimeout(() => client.terminate(), PONG_MS);
      },
      pong(isReceived) {
        if (isReceived) clearTimeout(isGone);
      },
      closed: () => clearTimeout(isGone),
    },
  });
  return client;
}

/** Twice as long each time, up to the last; by chance up to half of it less, so that not all pages come at once. */
const retryMsOf = (retries: number): number =>
  Math.min(RETRY_MS * 2 ** retries, LAST_RETRY_MS) * (1 - Math.random() / 2);
