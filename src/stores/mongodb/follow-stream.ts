import type { ChangeStream, ResumeToken } from "mongodb";
import type { BsonCodec } from "../conversion/bson.ts";
import type { Follower, OnChange } from "./mirror-feed.ts";
import type { MongoDb } from "./mongodb.ts";

/** Follows a collection by its change stream, resumed after a lost connection. */
export function createStreamFollower(
  mongo: MongoDb,
  name: string,
  onChange: OnChange,
  fromId: BsonCodec["fromId"],
): Follower {
  let token: ResumeToken | undefined;
  const read = async (stream: ChangeStream, signal: AbortSignal) => {
    // The first token comes when the stream is open: from then on nothing is missed. The end of a first fetch
    // would tell the same, but a fetch that finds nothing takes a second.
    stream.on("resumeTokenChanged", (newest) => {
      if (!token) onChange(null);
      token = newest;
    });
    while (!signal.aborted) {
      const event = await stream.next();
      if ("documentKey" in event) onChange(fromId(event.documentKey._id));
    }
  };
  return {
    async follow(signal) {
      const stream = mongo.db
        .collection(name)
        .watch([{ $project: { documentKey: 1, operationType: 1 } }], token ? { resumeAfter: token } : {});
      const close = () => stream.close().catch(() => undefined);
      signal.addEventListener("abort", close, { once: true });
      try {
        await read(stream, signal);
      } catch (error) {
        // A position that the server has forgotten cannot be resumed: start anew, everything is in doubt.
        if (!isConnectionLoss(error)) token = undefined;
        throw error;
      } finally {
        signal.removeEventListener("abort", close);
        await close();
      }
    },
  };
}

const isConnectionLoss = (error: unknown): boolean =>
  error instanceof Error && /^Mongo(Network|ServerSelection|PoolCleared|NotConnected)/.test(error.name);
