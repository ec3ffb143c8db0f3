import { VitrineError } from "../../errors.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** What the MongoDB server is and offers: asked, never assumed. */
export interface MirrorServer {
  readonly version: string;
  /** `mongod`, `mongos`, or what another server of the protocol calls itself. */
  readonly kind: "standalone" | "replicaSet" | "sharded";
  /** Name of the replica set; null without one. */
  readonly setName: string | null;
  readonly transactions: boolean;
  readonly changeStreams: boolean;
  readonly maxDocumentBytes: number;
}

/** Asks the server what it is, and tries what its answer does not say. @throws VitrineError MIRROR_UNAVAILABLE */
export async function probeMongo(mongo: MongoDb): Promise<MirrorServer> {
  try {
    const admin = mongo.client.db("admin");
    const hello = await admin.command({ hello: 1 });
    const { version } = await admin.command({ buildInfo: 1 });
    const setName: unknown = hello.setName;
    const kind =
      hello.msg === "isdbgrid" ? "sharded" : typeof setName === "string" ? "replicaSet" : "standalone";
    const hasSessions = typeof hello.logicalSessionTimeoutMinutes === "number";
    return {
      version: String(version),
      kind,
      setName: typeof setName === "string" ? setName : null,
      transactions: kind !== "standalone" && hasSessions,
      changeStreams: kind !== "standalone" && (await tryChangeStreams(mongo)),
      maxDocumentBytes: Number(hello.maxBsonObjectSize),
    };
  } catch (error) {
    throw toMirrorError(error);
  }
}

async function tryChangeStreams(mongo: MongoDb): Promise<boolean> {
  const stream = mongo.db.watch([], { maxAwaitTimeMS: 1 });
  try {
    await stream.tryNext();
    return true;
  } catch (error) {
    // No answer says nothing of what the server offers; this one would be remembered.
    if (toMirrorError(error) instanceof VitrineError) throw error;
    return false;
  } finally {
    await stream.close();
  }
}

const servers = new WeakMap<MongoDb, Promise<MirrorServer>>();

/** The same, asked once per client. */
function knownServer(mongo: MongoDb): Promise<MirrorServer> {
  const known = servers.get(mongo) ?? probeMongo(mongo);
  servers.set(mongo, known);
  known.catch(() => servers.delete(mongo));
  return known;
}

/** What the server is; asked once per client. */
export const kindOfServer = async (mongo: MongoDb): Promise<MirrorServer["kind"]> =>
  (await knownServer(mongo)).kind;

/**
 * Whether writes are grouped into transactions; asked once per client. Over shards each batch would be a commit in two phases, and
 * one that is acknowledged may be seen by readers of some shard only later.
 */
export const hasTransactions = async (mongo: MongoDb): Promise<boolean> =>
  mongo.sharding === null && (await knownServer(mongo)).transactions;

/** Whether the server tells of writes by itself; asked once per client. */
export const hasChangeStreams = async (mongo: MongoDb): Promise<boolean> =>
  (await knownServer(mongo)).changeStreams;
