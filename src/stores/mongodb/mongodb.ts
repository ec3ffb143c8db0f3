import { accessSync, constants } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Db,
  MongoClient,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from "mongodb";
import { ConnectionString } from "mongodb-connection-string-url";
import { messageOf, VitrineError } from "../../errors.ts";
import { mendDriver } from "./mend-driver.ts";
import {
  createPreferredReads,
  type PreferredReads,
  readPreferenceOf,
  withoutPreference,
} from "./preferred-reads.ts";

/** `hashed`: by the hash of the documents' ids. */
export type Sharding = "hashed" | null;

export interface MongoDb {
  readonly client: MongoClient;
  readonly db: Db;
  /** How collections are spread over shards; null: each lies where the server puts it. */
  readonly sharding: Sharding;
  /** Where MONGODB_URL prefers other members for reading; null: it does not. All else reads and writes the primary. */
  readonly preferred: PreferredReads | null;
  /** What the driver's own watch over the deployment last saw: false while no server takes writes, or the reads preferred. */
  isReachable(): boolean;
  /** The same; while a set elects it waits for the outcome, up to 3 s after the loss. */
  awaitReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/** A server that comes back is noticed so soon. */
const NOTICED_WITHIN_MS = 1000;
/** A primary that steps down has a successor within a second or two; what is away for longer may be away for good. */
const ELECTION_MS = 3000;
const LOOK_MS = 25;

/**
 * Opens the mirror's database (`vitrine` when the URL names none); connects at the first operation and again
 * after every loss. Majority reads from the primary; longs and decimals stay BSON types.
 * @throws VitrineError CONFIG_INVALID for a URL that the driver refuses
 */
export function openMongoDb(
  url: string,
  options: { readonly poolSize?: number; readonly sharding?: Sharding } = {},
): MongoDb {
  const { client, readPreference } = createClient(url, options.poolSize ?? 20);
  // Nobody has looked before the first operation: then it is the operation that finds out.
  let reachable = true;
  let hasPrimary = true;
  const preferred = createPreferredReads(client, databaseOf(url), {
    readPreference,
    hasPrimary: () => hasPrimary,
  });
  let lostAt = Number.NEGATIVE_INFINITY;
  let isOpen = true;
  const note = (isWritable: boolean) => {
    if (reachable && !isWritable) lostAt = performance.now();
    reachable = isWritable;
  };
  client.on("topologyDescriptionChanged", ({ newDescription }) => {
    const servers = [...newDescription.servers.values()];
    const hasLooked = servers.some((server) => server.type !== "Unknown" || server.error);
    if (!hasLooked) return;
    hasPrimary = servers.some((server) => server.isWritable);
    const mode = preferred?.db.readPreference?.mode;
    const isReadable = mode !== undefined && servers.some(({ type }) => type === "RSSecondary");
    note(isReadable || (hasPrimary && mode !== "secondary"));
  });
  // Where nobody answers its first operation the driver gives up for ever, unless it is told to connect again. What
  // that fails with is of no use to anybody, and comes here again.
  client.on("topologyClosed", async () => {
    note(false);
    await sleep(NOTICED_WITHIN_MS, undefined, { ref: false });
    if (isOpen) await client.connect().catch(() => undefined);
  });
  return {
    client,
    db: client.db(databaseOf(url)),
    sharding: options.sharding ?? null,
    preferred,
    isReachable: () => reachable,
    async awaitReachable() {
      while (!reachable && performance.now() - lostAt < ELECTION_MS) await sleep(LOOK_MS);
      return reachable;
    },
    close: () => {
      isOpen = false;
      return client.close();
    },
  };
}

/** Options that name a file, which the driver opens with its first connection: what is missing then looks like a server that is away. */
const fileOptions = ["tlsCAFile", "tlsCRLFile", "tlsCertificateKeyFile"] as const;

function createClient(url: string, maxPoolSize: number) {
  mendDriver();
  try {
    const readPreference = readPreferenceOf(url);
    const client = new MongoClient(withoutPreference(url), {
      serverSelectionTimeoutMS: 2000,
      connectTimeoutMS: 2000,
      heartbeatFrequencyMS: NOTICED_WITHIN_MS,
      maxPoolSize,
      promoteLongs: false,
      promoteBuffers: true,
      readConcern: { level: "majority" },
      readPreference: "primary",
      appName: "vitrine",
    });
    for (const name of fileOptions) {
      const file = client.options[name];
      if (file !== undefined) accessSync(file, constants.R_OK);
    }
    return { client, readPreference };
  } catch (cause) {
    // An option that it does not know, or a file that it cannot read. The driver does not repeat the URL.
    const problem = messageOf(cause);
    throw new VitrineError("CONFIG_INVALID", `MONGODB_URL is refused by the driver: ${problem}.`, { cause });
  }
}

/** Name of the database that a URL names, else `vitrine`. */
export function databaseOf(url: string): string {
  return decodeURIComponent(new ConnectionString(url).pathname.slice(1)) || "vitrine";
}

/** The URL without what is secret in it, for people. The URL of a replica set names several hosts, which no `URL` can. */
export function toShownMongoUrl(url: string): string {
  const shown = new ConnectionString(url);
  shown.password = "";
  return shown.redact({ redactUsernames: false }).toString();
}

/** A member cannot reach another; server shuts down; no longer primary; no majority, or none in time; no room on the disk; and the like. */
const unavailable = new Set([
  6, 7, 64, 89, 91, 100, 133, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 14031,
]);
const MAX_TIME_EXPIRED = 50;
/** Not allowed; not known, or by another password. */
const refusedAccount = new Set([13, 18]);

/** Unreachable and timed-out servers get their own codes; every other error passes as it is. */
export function toMirrorError(error: unknown): unknown {
  if (
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNetworkError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError ||
    // A socket that is reset while it is written to: the driver passes the system's error on.
    (error instanceof Error && "syscall" in error) ||
    (error instanceof MongoServerError && unavailable.has(Number(error.code)))
  )
    return new VitrineError("MIRROR_UNAVAILABLE", "MongoDB cannot be reached. Is the server running?", {
      cause: error,
    });
  if (error instanceof MongoServerError && refusedAccount.has(Number(error.code)))
    return new VitrineError(
      "MIRROR_UNAVAILABLE",
      "MongoDB refuses the account of MONGODB_URL: its name, its password (`authSource` says where it is kept) or its rights.",
      { cause: error },
    );
  if (error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED)
    return new VitrineError("QUERY_TIMEOUT", "The query took longer than allowed in MongoDB.", {
      cause: error,
    });
  return error;
}
