import { setTimeout as wait } from "node:timers/promises";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { createPollFollower } from "./follow-poll.ts";
import { createStreamFollower } from "./follow-stream.ts";
import { hasChangeStreams } from "./mirror-server.ts";
import type { MongoDb } from "./mongodb.ts";

/** Tells which documents of the mirror are written. */
export interface MirrorFeed {
  /**
   * Calls `onChange` with the id of every document written from now on; with null when some may have been missed
   * (at the start, and after a loss that could not be resumed). It goes on by itself after a lost connection.
   */
  watch(model: DocumentModel, onChange: OnChange): FeedWatch;
}

export type OnChange = (id: DocumentId | null) => void;

export interface FeedWatch {
  stop(): Promise<void>;
}

/** A way to learn of writes to one collection. */
export interface Follower {
  /** Follows until `signal` is aborted; rejects when the server is lost. Called again, it goes on where it was. */
  follow(signal: AbortSignal): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
/** Longest pause between two attempts to go on. */
const MAX_PAUSE_MS = 2000;

/**
 * One reader per model watched, however many listen to it: a change stream where the server has them, else
 * looks for newer versions.
 */
export function createMirrorFeed(
  mongo: MongoDb,
  offersStreams: () => Promise<boolean> = () => hasChangeStreams(mongo),
): MirrorFeed {
  return {
    watch(model, onChange) {
      const stopped = new AbortController();
      const { signal } = stopped;
      const run = async () => {
        let follower: Follower | undefined;
        let pause = FIRST_PAUSE_MS;
        while (!signal.aborted) {
          const start = performance.now();
          try {
            const create = (await offersStreams()) ? createStreamFollower : createPollFollower;
            follower ??= create(mongo, model, onChange);
            await follower.follow(signal);
          } catch {
            // The follower remembers where it was; the pause below keeps a lost server from being stormed.
          }
          pause =
            performance.now() - start > MAX_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, MAX_PAUSE_MS);
          await wait(pause, undefined, { signal }).catch(() => undefined);
        }
      };
      const running = run();
      return {
        async stop() {
          stopped.abort();
          await running;
        },
      };
    },
  };
}
