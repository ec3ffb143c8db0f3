import { afterAll, beforeAll, expect, test } from "vitest";
import { pos } from "../../../src/domains/pos/index.ts";
import { compareShop } from "../../support/comparator.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop?.close());

interface Stored {
  readonly _id: string;
}

test("the comparator agrees with a right mirror, and looks at every document of every model", async () => {
  const counts = pos.models.map(({ name }) => shop.mongo.db.collection(name).countDocuments());
  const documents = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  expect(await compareShop(shop.mariadbUrl, shop.mongodbUrl)).toEqual({
    disagreements: [],
    compared: documents,
  });
});

test.each(pos.models.map(({ name }) => name))(
  "it names a document of %s that is edited, one that is gone, and one too many",
  async (name) => {
    const collection = shop.mongo.db.collection<Stored>(name);
    // The last in order of ids: a state, a segment or a month of which there is something to tell.
    const [right, other] = await collection.find({}, { promoteValues: false, sort: { _id: -1 } }).toArray();
    if (!right || !other) throw new Error(`There are not two documents of ${name}.`);
    const found = async () => {
      const { disagreements } = await compareShop(shop.mariadbUrl, shop.mongodbUrl, [name]);
      return disagreements.map(({ collection: of, id }) => [of, id]);
    };
    const id = [name, String(right._id)];
    // Any member, one after the other: the comparator looks at each.
    for (const key of Object.keys(right).filter((one) => !one.startsWith("_"))) {
      await collection.replaceOne(
        { _id: right._id },
        { ...right, [key]: "edited" },
        { bypassDocumentValidation: true },
      );
      expect(await found(), key).toEqual([id]);
    }
    await collection.deleteOne({ _id: right._id });
    expect(await found()).toEqual([id]);
    await collection.insertOne({ ...right, _del: true } as Stored, { bypassDocumentValidation: true });
    expect(await found()).toEqual([id]);
    await collection.replaceOne({ _id: right._id }, right, { bypassDocumentValidation: true });
    expect(await found()).toEqual([]);

    const tooMany = "ZZ";
    await collection.insertOne({ ...other, _id: tooMany }, { bypassDocumentValidation: true });
    expect(await found()).toEqual([[name, tooMany]]);
    await collection.deleteOne({ _id: tooMany });
  },
);
