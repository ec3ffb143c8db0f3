import { setTimeout as wait } from "node:timers/promises";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { bsonCodecOf } from "../conversion/document-codec.ts";
import { createPollFollower } from "./follow-poll.ts";
import { createStreamFollower } from "./follow-stream.ts";
import { type MirrorRoute, readRoute } from "./mirror-routes.ts";
import { hasChangeStreams } from "./mirror-server.ts";
import type { MongoDb } from "./mongodb.ts";

/** Tells which documents of the mirror are written. */
export interface MirrorFeed {
  /**
   * Calls `onChange` with the id of every document written from now on; with null when some may have been missed
   * (at the start, after a loss that could not be resumed, and when the model is read or written in another
   * collection). It goes on by itself after a lost connection.
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
/** How often to look whether the model has moved to another collection. */
const MOVED_MS = 1000;
/** Longest pause between two attempts to go on. */
const MAX_PAUSE_MS = 2000;

export interface MirrorFeedOptions {
  /** Default: what the server says. */
  readonly offersStreams?: () => Promise<boolean>;
  /** Told when following a model fails; not again before it has followed for a while. */
  readonly onFailure?: OnFeedFailure;
}

/** Subscribers of the model wait for what could not be read; it is read again. */
export type OnFeedFailure = (model: DocumentModel, error: unknown) => void;

/**
 * One reader per model watched, however many listen to it: a change stream where the server has them, else
 * looks for newer versions.
 */
export function createMirrorFeed(mongo: MongoDb, options: MirrorFeedOptions = {}): MirrorFeed {
  const { offersStreams = () => hasChangeStreams(mongo), onFailure } = options;
  return {
    watch(model, onChange) {
      const stopped = new AbortController();
      const { signal } = stopped;
      const run = async () => {
        let follower: Follower | undefined;
        let route: MirrorRoute | undefined;
        let pause = FIRST_PAUSE_MS;
        while (!signal.aborted) {
          const start = performance.now();
          try {
            const create = (await offersStreams()) ? createStreamFollower : createPollFollower;
            route ??= await readRoute(mongo, model);
            follower ??= create(mongo, route.writes, onChange, bsonCodecOf(model).fromId);
            const moved = await followUntilMoved(mongo, model, route, follower, signal);
            // A new follower says by itself that all is in doubt, once it follows.
            if (moved.writes !== route.writes) follower = undefined;
            else onChange(null);
            route = moved;
            continue;
          } catch (error) {
            // The follower remembers where it was; the pause below keeps a lost server from being stormed.
            const hasFollowed = performance.now() - start > MAX_PAUSE_MS;
            if (hasFollowed) pause = FIRST_PAUSE_MS;
            if (pause === FIRST_PAUSE_MS && !signal.aborted) onFailure?.(model, error);
          }
          pause = Math.min(pause * 2, MAX_PAUSE_MS);
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

/** Follows until the model is read or written in another collection, and returns where. Rejects when following ends before. */
async function followUntilMoved(
  mongo: MongoDb,
  model: DocumentModel,
  route: MirrorRoute,
  follower: Follower,
  signal: AbortSignal,
): Promise<MirrorRoute> {
  const known = JSON.stringify(route);
  const moved = new AbortController();
  const following = follower.follow(AbortSignal.any([signal, moved.signal]));
  const ended = following.then(() => signal.throwIfAborted());
  try {
    for (;;) {
      const looked = wait(MOVED_MS, undefined, { signal }).then(() => readRoute(mongo, model));
      const found = await Promise.race([ended, looked]);
      if (found && JSON.stringify(found) !== known) return found;
    }
  } finally {
    moved.abort();
    await following.catch(() => undefined);
  }
}
