import { type Db, MongoClient, MongoNetworkError, MongoServerSelectionError } from "mongodb";
import { VitrineError } from "../errors.ts";

export interface MongoDb {
  readonly client: MongoClient;
  readonly db: Db;
  close(): Promise<void>;
}

/**
 * Opens the mirror's database; connects at the first operation and again after every loss.
 * Majority reads from the primary; longs and decimals stay BSON types.
 */
export function openMongoDb(url: string, options: { readonly poolSize?: number } = {}): MongoDb {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: 2000,
    connectTimeoutMS: 2000,
    maxPoolSize: options.poolSize ?? 20,
    promoteLongs: false,
    promoteBuffers: true,
    readConcern: { level: "majority" },
    readPreference: "primary",
    appName: "vitrine",
  });
  const name = decodeURIComponent(new URL(url).pathname.slice(1)) || "vitrine";
  return { client, db: client.db(name), close: () => client.close() };
}

/** An unreachable server gets its own code; every other error passes as it is. */
export function toMirrorError(error: unknown): unknown {
  if (error instanceof MongoServerSelectionError || error instanceof MongoNetworkError)
    return new VitrineError("MIRROR_UNAVAILABLE", "MongoDB cannot be reached. Is the server running?", {
      cause: error,
    });
  return error;
}
