import { type Collection, MongoServerError } from "mongodb";
import { VitrineError } from "../../errors.ts";
import { kindOfServer, type MirrorServer } from "./mirror-server.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** It is sharded already, by another loader perhaps. */
const ALREADY_INITIALIZED = 23;

/**
 * Shards an empty collection by the hash of `_id`: all shards have about as many documents, and every guarded write goes to one of
 * them. One that holds documents stays as it is: chunks that move are nothing that a loader begins by itself.
 * @throws VitrineError CONFIG_INVALID where there are no shards; the driver's error
 */
export async function shardCollection(mongo: MongoDb, collection: Collection): Promise<void> {
  const kind = await kindOfServer(mongo);
  if (kind !== "sharded") throw noShards(kind);
  if (await isSharded(mongo, collection.collectionName)) return;
  if ((await collection.findOne({}, { projection: { _id: 1 } })) !== null) return;
  const command = { shardCollection: collection.namespace, key: { _id: "hashed" } };
  try {
    await mongo.client.db("admin").command(command);
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== ALREADY_INITIALIZED) throw error;
  }
}

/** What VITRINE_SHARD cannot have on a server of another kind. */
const noShards = (kind: MirrorServer["kind"]): VitrineError =>
  new VitrineError(
    "CONFIG_INVALID",
    `VITRINE_SHARD asks for shards, and MONGODB_URL leads to a ${kind === "replicaSet" ? "replica set" : "single server"}. Name the routers (mongos) of a sharded cluster, or leave VITRINE_SHARD out.`,
  );

/** Where the mirror is to be sharded: whether it can be; of a MongoDB that is away nothing is known. @throws VitrineError CONFIG_INVALID */
export async function requireShards(mongo: MongoDb): Promise<void> {
  if (mongo.sharding === null) return;
  const kind = await kindOfServer(mongo).catch(() => null);
  if (kind !== null && kind !== "sharded") throw noShards(kind);
}

async function isSharded({ db }: MongoDb, name: string): Promise<boolean> {
  const { sharded } = await db.command({ collStats: name });
  return sharded === true;
}

/** Those of these collections that lie on one shard, though the mirror is to be sharded. @throws VitrineError MIRROR_UNAVAILABLE */
export async function findUnsharded(mongo: MongoDb, names: readonly string[]): Promise<readonly string[]> {
  if (mongo.sharding === null) return [];
  try {
    const found = await Promise.all(names.map(async (name) => ((await isSharded(mongo, name)) ? [] : name)));
    return found.flat();
  } catch (error) {
    throw toMirrorError(error);
  }
}
