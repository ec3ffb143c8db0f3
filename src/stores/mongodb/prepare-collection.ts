import { isDeepStrictEqual } from "node:util";
import { type Collection, type CreateIndexesOptions, MongoServerError } from "mongodb";
import type { DocumentModel } from "../../models/model.ts";
import { toValidator } from "./mirror-schema.ts";
import { hasChangeStreams } from "./mirror-server.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";
import { shardCollection } from "./shard-collection.ts";

/** How long a tombstone keeps older writes out, and tells exports of the deletion: those of each night, and of a Monday. */
const TOMBSTONE_SECONDS = 3 * 24 * 60 * 60;

const NAMESPACE_EXISTS = 48;
const INDEX_OPTIONS_CONFLICT = new Set([85, 86]);
const INDEX_NOT_FOUND = 27;

/**
 * Creates a collection for a model, or brings its validator and indexes up to date; what is as it should be is left alone. Where
 * the mirror is to be sharded an empty one is. May be called again, and by several loaders at once. Documents already there
 * are not checked again.
 * @throws VitrineError MIRROR_UNAVAILABLE; CONFIG_INVALID when it is to be sharded and cannot be
 */
export async function prepareCollection(
  mongo: MongoDb,
  model: DocumentModel,
  name: string = model.name,
): Promise<void> {
  try {
    await prepareValidator(mongo, model, name);
    const collection = mongo.db.collection(name);
    if (mongo.sharding !== null) await shardCollection(mongo, collection);
    await prepareIndexes(collection, await wantedIndexes(mongo, model));
  } catch (error) {
    throw toMirrorError(error);
  }
}

async function prepareValidator({ db }: MongoDb, model: DocumentModel, name: string): Promise<void> {
  const wanted = { validator: toValidator(model), validationLevel: "strict", validationAction: "error" };
  const [found] = await db.listCollections({ name }, { nameOnly: false }).toArray();
  // What is written in another way is said once more, no worse.
  if (found && "options" in found && isDeepStrictEqual(found.options, wanted)) return;
  await db.createCollection(name, wanted).catch(async (error: unknown) => {
    if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
    await db.command({ collMod: name, ...wanted });
  });
}

/** An index as it is asked for, and as it is listed. */
interface Index {
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly options: CreateIndexesOptions & { readonly name: string };
}

async function wantedIndexes(mongo: MongoDb, model: DocumentModel): Promise<readonly Index[]> {
  const fields = model.filters.filter((field) => !model.unindexed?.includes(field));
  const tombstones = {
    ...{ name: "tombstones", expireAfterSeconds: TOMBSTONE_SECONDS },
    partialFilterExpression: { _del: true },
  };
  return [
    { key: { _at: 1 }, options: tombstones },
    ...fields.map((field): Index => ({ key: { [field]: 1, _id: 1 }, options: { name: `filter_${field}` } })),
    // Every write would pay for it: only where readers have no other way to learn of writes (follow-poll.ts).
    ...((await hasChangeStreams(mongo))
      ? []
      : [{ key: { _v: 1, _id: 1 }, options: { name: "version" } } as const]),
  ];
}

async function prepareIndexes(collection: Collection, wanted: readonly Index[]): Promise<void> {
  const found = await collection.listIndexes().toArray();
  for (const index of wanted)
    if (!found.some((one) => isSame(one, index))) await prepareIndex(collection, index);
  const names = new Set(wanted.map(({ options }) => options.name));
  for (const known of found.map((index) => String(index.name)))
    if (known.startsWith("filter_") && !names.has(known)) await dropIndex(collection, known);
}

/** Numbers of the server may be of other types. */
function isSame(found: Readonly<Record<string, unknown>>, { key, options }: Index): boolean {
  const { name, expireAfterSeconds, partialFilterExpression } = options;
  const toNumbers = (index: object) => Object.entries(index).map(([field, order]) => [field, Number(order)]);
  return (
    found.name === name &&
    isDeepStrictEqual(toNumbers({ ...(found.key as object) }), toNumbers(key)) &&
    isDeepStrictEqual(found.partialFilterExpression, partialFilterExpression) &&
    (expireAfterSeconds === undefined || Number(found.expireAfterSeconds) === expireAfterSeconds)
  );
}

async function prepareIndex(collection: Collection, { key, options }: Index): Promise<void> {
  await collection.createIndex(key, { ...options }).catch(async (error: unknown) => {
    if (!(error instanceof MongoServerError) || !INDEX_OPTIONS_CONFLICT.has(Number(error.code))) throw error;
    await dropIndex(collection, options.name);
    await collection.createIndex(key, { ...options });
  });
}

/** Another loader may have done so meanwhile. */
async function dropIndex(collection: Collection, name: string): Promise<void> {
  await collection.dropIndex(name).catch((error: unknown) => {
    if (!(error instanceof MongoServerError) || error.code !== INDEX_NOT_FOUND) throw error;
  });
}
