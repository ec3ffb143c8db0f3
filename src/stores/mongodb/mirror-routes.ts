import { Long, MongoServerError } from "mongodb";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import { extendsShape } from "./extends-shape.ts";
import type { Position } from "./mirror-records.ts";
import { shapeText } from "./mirror-schema.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";

/** Which collections of the mirror hold a model. */
export interface MirrorRoute {
  /** Where its documents are read, and what each of them has at least; null: nobody has said. */
  readonly reads: { readonly collection: string; readonly shape: string | null };
  /** Where they are written: the next collection, while one is built beside. */
  readonly writes: string;
}

/** Collection of the routes, one per model, by its name: for those who cannot ask MariaDB, or need not. */
const ROUTES = "_vitrine_routes";

interface RouteRecord extends MirrorRoute {
  readonly _id: string;
  /** Position at which the source said so, and its life then. */
  readonly n: Long;
  readonly incarnation: string;
}

const DUPLICATE_KEY = 11000;

/**
 * Says where a model is, as the source knew at a position; what it knew later in the same life stays.
 * @throws VitrineError MIRROR_UNAVAILABLE
 */
export async function publishRoute(
  mongo: MongoDb,
  model: DocumentModel,
  { n, incarnation }: Position,
  { reads, writes }: MirrorRoute,
): Promise<void> {
  const at = Long.fromBigInt(n);
  const publish = () =>
    mongo.db
      .collection<RouteRecord>(ROUTES)
      .updateOne(
        { _id: model.name, $or: [{ n: { $lte: at } }, { incarnation: { $ne: incarnation } }] },
        { $set: { n: at, incarnation, reads, writes } },
        { upsert: true, writeConcern: { w: "majority", journal: true } },
      );
  // An upsert that meets a newer one finds its own id taken; so does one that meets another first one, which is older.
  const isTaken = (error: unknown) => error instanceof MongoServerError && error.code === DUPLICATE_KEY;
  try {
    await publish().catch((error: unknown) => (isTaken(error) ? publish() : Promise.reject(error)));
  } catch (error) {
    if (!isTaken(error)) throw toMirrorError(error);
  }
}

/** Where a model is; in the collection of its name when nobody has said. @throws VitrineError MIRROR_UNAVAILABLE */
export async function readRoute(mongo: MongoDb, model: DocumentModel): Promise<MirrorRoute> {
  try {
    const found = await mongo.db.collection<RouteRecord>(ROUTES).findOne({ _id: model.name });
    if (found) return { reads: found.reads, writes: found.writes };
    return { reads: { collection: model.name, shape: null }, writes: model.name };
  } catch (error) {
    throw toMirrorError(error);
  }
}

/** The collection to read a model from. @throws VitrineError MIRROR_UNAVAILABLE also when it holds another shape */
export async function findReadable(mongo: MongoDb, model: DocumentModel): Promise<string> {
  const { collection, shape } = (await readRoute(mongo, model)).reads;
  if (shape !== null && !extendsShape(shape, shapeText(model)))
    throw new VitrineError(
      "MIRROR_UNAVAILABLE",
      `The mirror of ${model.name} holds documents of another definition.`,
    );
  return collection;
}
