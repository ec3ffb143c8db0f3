import { type Client, createClient } from "graphql-ws";

/** Follows subscriptions over one WebSocket, which opens with the first and closes after the last. */
export interface Follower {
  follow(query: string, on: { event(): void; connected(is: boolean): void }): () => void;
}

/** For a page: `url` is that of the endpoint. Connections that break are made again, for as long as somebody follows. */
export function createFollower(url: string): Follower {
  let client: Client | undefined;
  const shared = new Map<string, Shared>();
  return {
    follow(query, on) {
      client ??= createClient({
        url: url.replace(/^http/, "ws"),
        retryAttempts: Number.POSITIVE_INFINITY,
        shouldRetry: () => true,
      });
      const one = shared.get(query) ?? open(client, query, () => shared.delete(query));
      shared.set(query, one);
      return one.add(on);
    },
  };
}

type Listener = { event(): void; connected(is: boolean): void };
interface Shared {
  add(on: Listener): () => void;
}

/** Tiles of one subscription share it. */
function open(client: Client, query: string, onEnd: () => void): Shared {
  const listeners = new Set<Listener>();
  let isConnected = false;
  let isEnded = false;
  const tell = (is: boolean) => {
    isConnected = is && !isEnded;
    for (const listener of listeners) listener.connected(isConnected);
  };
  // The server ended it: there is nothing to follow, and the tiles ask in turns.
  const end = () => {
    isEnded = true;
    tell(false);
  };
  const stopOpened = client.on("connected", () => tell(true));
  const stopClosed = client.on("closed", () => tell(false));
  const unsubscribe = client.subscribe(
    { query },
    {
      next() {
        if (!isConnected) tell(true);
        for (const listener of listeners) listener.event();
      },
      error: end,
      complete: end,
    },
  );
  return {
    add(on) {
      listeners.add(on);
      if (isConnected) on.connected(true);
      return () => {
        listeners.delete(on);
        if (listeners.size > 0) return;
        stopOpened();
        stopClosed();
        unsubscribe();
        onEnd();
      };
    },
  };
}
