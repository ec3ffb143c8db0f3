import { BSON, type ClientSession, type Collection, Long } from "mongodb";
import type { Operation } from "./mirror-operations.ts";
import type { MongoDb } from "./mongodb.ts";

/** Documents that lie in the mirror as they would be written, and the version that all of them have there. */
export interface Equal {
  readonly version: Long;
  readonly operations: readonly Operation[];
}

/** `_h` and its 32 digits, then the end of the document: see bsonspec.org. */
const HASH_BYTES = 1 + "_h\0".length + 4 + 33 + 1;
const VERSION_BYTES = 8;
const VERSION_NAME = Buffer.from("\x12_v\0", "latin1");
/** Documents of more versions than this are written anew: each costs a statement. */
const MOST_VERSIONS = 8;

/**
 * Which of these are there byte for byte but for the version, which is newer now. By their contents, not by the hash that
 * was stored beside: what was edited by hand differs.
 */
export async function findEqual(
  mongo: MongoDb,
  name: string,
  operations: readonly Operation[],
): Promise<readonly Equal[]> {
  const byHash = new Map(operations.map((operation) => [operation.replacement._h, operation]));
  const ids = operations.map(({ _id }) => _id);
  const found = await mongo.db
    .collection(name)
    .find({ _id: { $in: ids } }, { raw: true, batchSize: ids.length })
    .toArray();
  const versions = new Map<string, { readonly version: Long; readonly operations: Operation[] }>();
  for (const document of found) {
    // What `raw` gives: the bytes of each document.
    const stored = document as unknown as Uint8Array;
    const operation = byHash.get(toHash(stored));
    if (!operation) continue;
    const version = versionOfEqual(stored, operation);
    if (!version?.lessThan(operation.version)) continue;
    const same = versions.get(version.toString()) ?? { version, operations: [] };
    versions.set(version.toString(), same);
    same.operations.push(operation);
  }
  return versions.size <= MOST_VERSIONS ? [...versions.values()] : [];
}

/** The hash at its end; of what the loader has not written like this, anything. */
const toHash = (stored: Uint8Array): string =>
  Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString(
    "latin1",
    stored.length - 34,
    stored.length - 2,
  );

/** The version of a stored document that is else the same; undefined: it differs. */
function versionOfEqual(stored: Uint8Array, { replacement }: Operation): Long | undefined {
  const wanted = BSON.serialize(replacement);
  const at = wanted.length - HASH_BYTES - VERSION_BYTES;
  const after = at + VERSION_BYTES;
  if (stored.length !== wanted.length || at < VERSION_NAME.length) return undefined;
  if (Buffer.compare(wanted.subarray(at - VERSION_NAME.length, at), VERSION_NAME) !== 0) return undefined;
  if (Buffer.compare(stored.subarray(0, at), wanted.subarray(0, at)) !== 0) return undefined;
  if (Buffer.compare(stored.subarray(after), wanted.subarray(after)) !== 0) return undefined;
  return Long.fromBytesLE([...stored.subarray(at, after)]);
}

/** A version is written once: what has the version that was compared is what was compared. False when one has another now. */
export async function raiseVersions(
  collection: Collection,
  equal: readonly Equal[],
  session: ClientSession,
): Promise<boolean> {
  for (const { version, operations } of equal) {
    const ids = operations.map(({ _id }) => _id);
    const { matchedCount } = await collection.updateMany(
      { _id: { $in: ids }, _v: version },
      { $set: { _v: operations[0]?.version } },
      { session },
    );
    if (matchedCount < ids.length) return false;
  }
  return true;
}
