import type { Client } from "graphql-ws";
import { connect } from "./connect.ts";

/** Follows subscriptions over one WebSocket, which opens with the first and closes after the last. */
export interface Follower {
  follow(subscription: Followed, on: Listener): () => void;
}

/** A subscription and its variables. */
export interface Followed {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** For a page: `url` is that of the endpoint. Connections that break are made again, for as long as somebody follows. */
export function createFollower(url: string): Follower {
  let client: Client | undefined;
  const shared = new Map<string, Shared>();
  return {
    follow(followed, on) {
      client ??= connect(url.replace(/^http/, "ws"));
      const key = JSON.stringify(followed);
      const one = shared.get(key) ?? open(client, followed, () => shared.delete(key));
      shared.set(key, one);
      return one.add(on);
    },
  };
}

type Listener = { event(): void; connected(is: boolean): void };
interface Shared {
  add(on: Listener): () => void;
}

/** Tiles of one subscription share it. */
function open(client: Client, { query, variables }: Followed, onEnd: () => void): Shared {
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
    { query, variables },
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
