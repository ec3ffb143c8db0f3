import { Long } from "mongodb";
import type { DocumentModel } from "../../../src/models/model.ts";
import { bsonCodecOf } from "../../../src/stores/conversion/document-codec.ts";
import type { TestGateway } from "./gateway.ts";

/** Writes to the mirror of `customer_orders` as the loader does; the loader itself has tests of its own. */
export interface MirrorWrites {
  readonly model: DocumentModel;
  /** `behind`: in a version so many below the newest. */
  write(id: number, change: Record<string, unknown>, behind?: number): Promise<void>;
  /** Writes what no loader would: by hand, past the validator. */
  spoil(id: number): Promise<void>;
  remove(id: number): Promise<void>;
  /** Puts back what live has. */
  restore(id: number): Promise<void>;
}

export function createMirrorWrites({ database, options }: TestGateway): MirrorWrites {
  const models = database.project.domains.flatMap((domain) => domain.models);
  const model = models.find((candidate) => candidate.name === "customer_orders");
  if (!model) throw new Error("There is no model customer_orders.");
  const collection = database.mongo.db.collection<{ _id: number }>(model.name);
  let version = 1;
  const next = () => {
    version += 10;
    return Long.fromNumber(version);
  };
  return {
    model,
    async write(id, change, behind = 0) {
      await collection.updateOne({ _id: id }, { $set: { ...change, _v: next().subtract(behind) } });
    },
    async spoil(id) {
      const bypass = { bypassDocumentValidation: true };
      await collection.updateOne({ _id: id }, { $set: { name: 5, _v: next() } }, bypass);
    },
    async remove(id) {
      await collection.replaceOne({ _id: id }, { _v: next(), _del: true, _at: new Date() });
    },
    async restore(id) {
      const document = (await options.stores.live.findByIds(model, [String(id)])).get(String(id)) ?? {};
      await collection.replaceOne(
        { _id: id },
        { ...bsonCodecOf(model).toBson(document), _v: next(), _h: "" },
      );
    },
  };
}
