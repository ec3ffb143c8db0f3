import { setTimeout as wait } from "node:timers/promises";
import { Long } from "mongodb";
import type { DocumentId } from "../../models/model.ts";
import type { BsonCodec } from "../conversion/bson.ts";
import type { Follower, OnChange } from "./mirror-feed.ts";
import type { MongoDb } from "./mongodb.ts";

/** Pause between two looks: how late a subscriber learns of a change, at most. */
const INTERVAL_MS = 200;
/**
 * Versions are not written in their order: of two loaders the one with the earlier snapshot may write later. So a
 * look goes back by what was seen in this time. A writer that is later still was cut off by the databases, and what
 * it had read is written again with a newer version, which then refuses its own.
 */
const OVERLAP_MS = 6000;
/** When more documents are new than this, they are not told one by one: everything is in doubt. */
const MOST = 20_000;

interface Row {
  readonly _id: unknown;
  readonly _v: Long;
}

/**
 * Follows a collection by looking for versions above the last seen, for servers without change streams.
 * Tombstones have a version too, so deletions are seen. The index on `_v` answers a look by itself.
 */
export function createPollFollower(
  mongo: MongoDb,
  name: string,
  onChange: OnChange,
  fromId: BsonCodec["fromId"],
): Follower {
  const collection = mongo.db.collection<Row>(name);
  /** Versions told, of the documents above `floor`. */
  const told = new Map<DocumentId, Long>();
  /** The largest version seen by each look of the last `OVERLAP_MS`. */
  let looks: { readonly at: number; readonly top: Long }[] = [];
  let floor: Long | undefined;
  /** When everything is in doubt once more: a late writer may be below a floor that was just chosen. */
  let doubtAt: number | undefined;

  const start = async () => {
    const [newest] = await collection.find().project<Row>({ _v: 1 }).sort({ _v: -1 }).limit(1).toArray();
    floor = newest?._v ?? Long.ZERO;
    told.clear();
    looks = [];
    doubtAt = performance.now() + OVERLAP_MS;
    onChange(null);
    return floor;
  };

  const look = async () => {
    const since = floor ?? (await start());
    const at = performance.now();
    const rows = await collection
      .find({ _v: { $gt: since } })
      .project<Row>({ _id: 1, _v: 1 })
      .sort({ _v: 1, _id: 1 })
      .limit(MOST)
      .toArray();
    if (rows.length === MOST) return void (await start());
    for (const { _id, _v } of rows) {
      const id = fromId(_id);
      if (told.get(id)?.equals(_v)) continue;
      told.set(id, _v);
      onChange(id);
    }
    looks.push({ at, top: rows.at(-1)?._v ?? since });
    while (looks[0] && at - looks[0].at > OVERLAP_MS) floor = looks.shift()?.top ?? floor;
    if (floor && floor !== since)
      for (const [id, version] of told) if (version.lessThanOrEqual(floor)) told.delete(id);
    if (doubtAt !== undefined && at >= doubtAt) {
      doubtAt = undefined;
      onChange(null);
    }
  };

  return {
    async follow(signal) {
      while (!signal.aborted) {
        await look();
        await wait(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
