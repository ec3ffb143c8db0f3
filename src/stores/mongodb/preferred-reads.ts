import { setTimeout as wait } from "node:timers/promises";
import {
  type ClientSession,
  type ClusterTime,
  type Db,
  MongoClient,
  ReadPreference,
  type Timestamp,
} from "mongodb";
import { ConnectionString } from "mongodb-connection-string-url";

/** Reads where MONGODB_URL prefers them, which see at least what the primary had when it was last asked. */
export interface PreferredReads {
  readonly db: Db;
  /**
   * Asks the primary how far it is: reads that begin from now on see all that it had. False when it does not say so at once; they
   * then see what was noted before.
   */
  note(): Promise<boolean>;
  /** For one read; to be ended. */
  openSession(): ClientSession;
}

const preferenceOptions = ["readPreference", "readPreferenceTags", "maxStalenessSeconds"] as const;

/** A URL for those who read and write the primary alone: without what it says of preferences. */
export function withoutPreference(url: string): string {
  const plain = new ConnectionString(url);
  for (const name of preferenceOptions) plain.searchParams.delete(name);
  return plain.toString();
}

/** What a URL says of preferences, as the driver reads it. @throws the driver's error for what it does not know */
export const readPreferenceOf = (url: string): ReadPreference =>
  new ConnectionString(url).searchParams.has("readPreference")
    ? new MongoClient(url).options.readPreference
    : ReadPreference.primary;

/** The primary says within this time how far it is, or counts as away. */
const PATIENCE_MS = 500;

/**
 * Null where the primary is preferred to all others, which needs nothing of this.
 * @param hasPrimary whether the driver knows one just now: else it would look for one for seconds
 */
export function createPreferredReads(
  client: MongoClient,
  database: string,
  {
    readPreference,
    hasPrimary,
  }: { readonly readPreference: ReadPreference; readonly hasPrimary: () => boolean },
): PreferredReads | null {
  if (readPreference.mode === "primary") return null;
  let time: { readonly operation: Timestamp; readonly cluster: ClusterTime | undefined } | undefined;
  const ask = async (): Promise<boolean> => {
    const session = client.startSession({ causalConsistency: true });
    try {
      await client.db("admin").command({ ping: 1 }, { session, readPreference: "primary" });
      const { operationTime: operation, clusterTime: cluster } = session;
      // Of a server that is no member of a set there is nothing to wait for.
      if (operation && !(time && operation.lessThan(time.operation))) time = { operation, cluster };
      return true;
    } catch {
      return false;
    } finally {
      await session.endSession();
    }
  };
  return {
    db: client.db(database, { readPreference }),
    note: async () => hasPrimary() && Promise.race([ask(), wait(PATIENCE_MS, false, { ref: false })]),
    openSession() {
      const session = client.startSession({ causalConsistency: true });
      if (time) session.advanceOperationTime(time.operation);
      if (time?.cluster) session.advanceClusterTime(time.cluster);
      return session;
    },
  };
}
