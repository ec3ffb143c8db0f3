import { numberOf } from "../../core/adopt-shapes.ts";
import type { ModelState } from "../../core/model-state.ts";
import { type MongoDb, toMirrorError } from "../../stores/mongodb/mongodb.ts";

/**
 * Drops the collections of a model that came before the last but one: who reads them has not been able to ask
 * MariaDB since the change of shape before this one. @throws VitrineError MIRROR_UNAVAILABLE
 */
export async function dropLeftOvers(
  mongo: MongoDb,
  { model, collection, former }: ModelState,
): Promise<void> {
  const current = numberOf(collection);
  if (current <= 2) return;
  try {
    for (const { name } of await mongo.db.listCollections({}, { nameOnly: true }).toArray()) {
      const isOwn =
        name === model || (name.startsWith(`${model}.`) && /^\d+$/.test(name.slice(model.length + 1)));
      if (isOwn && name !== former?.collection && numberOf(name) < current - 1)
        await mongo.db.dropCollection(name);
    }
  } catch (error) {
    throw toMirrorError(error);
  }
}
