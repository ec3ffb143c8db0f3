import { setTimeout as wait } from "node:timers/promises";
import type { ChangeStream, ResumeToken } from "mongodb";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { MongoDb } from "./mongodb.ts";

/** Tells which documents of the mirror are written. */
export interface MirrorFeed {
  /**
   * Calls `onChange` with the id of every document written from now on; with null when some may have been missed
   * (at the start, and after a loss that could not be resumed). It goes on by itself after a lost connection.
   */
  watch(model: DocumentModel, onChange: (id: DocumentId | null) => void): FeedWatch;
}

export interface FeedWatch {
  stop(): Promise<void>;
}

/** Longest pause between two attempts to open the stream again. */
const MAX_PAUSE_MS = 2000;

/** A feed over MongoDB's change streams: one per model watched, however many listen to it. */
export function createMirrorFeed(mongo: MongoDb): MirrorFeed {
  return {
    watch(model, onChange) {
      const stopped = new AbortController();
      let current: ChangeStream | undefined;
      let token: ResumeToken | undefined;
      const follow = async () => {
        const stream = mongo.db
          .collection(model.name)
          .watch([{ $project: { documentKey: 1, operationType: 1 } }], token ? { resumeAfter: token } : {});
        current = stream;
        // The first fetch opens the cursor: what is written after it is not missed.
        let event = await stream.tryNext();
        if (!token) onChange(null);
        while (!stopped.signal.aborted) {
          if (event && "documentKey" in event) onChange(String(event.documentKey._id));
          token = stream.resumeToken;
          event = await stream.next();
        }
      };
      const run = async () => {
        for (let pause = 50; !stopped.signal.aborted; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
          try {
            await follow();
          } catch (error) {
            // A position that the server has forgotten cannot be resumed: start anew, everything is in doubt.
            if (!isConnectionLoss(error)) token = undefined;
          }
          await current?.close().catch(() => undefined);
          await wait(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
        }
      };
      const running = run();
      return {
        async stop() {
          stopped.abort();
          await current?.close().catch(() => undefined);
          await running;
        },
      };
    },
  };
}

const isConnectionLoss = (error: unknown): boolean =>
  error instanceof Error && /^Mongo(Network|ServerSelection|PoolCleared|NotConnected)/.test(error.name);
