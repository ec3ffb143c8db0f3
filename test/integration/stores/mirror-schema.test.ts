import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bigint, decimal, enumeration, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { shapeHash } from "../../../src/stores/mongodb/mirror-schema.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const base = { name: "thing", typeName: "Thing", description: "A thing.", key: "id" } as const;
const first = defineModel({
  ...base,
  fields: {
    id: int("Id."),
    name: string("Name.", { filter: true }),
    price: decimal("Price.", 2),
    mood: enumeration("Mood", "Mood.", { good: "Good.", bad: "Bad." }, { nullable: true }),
  },
});
const second = defineModel({
  ...base,
  fields: {
    id: int("Number."),
    name: string("Called."),
    price: decimal("Price.", 2, { filter: true }),
    more: string("More."),
  },
});

describe("the collection of a model", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
  });
  afterAll(() => db?.close());
  const indexes = async () =>
    (await db.mongo.db.collection("thing").listIndexes().toArray()).map((index) => String(index.name)).sort();

  it("is made once by several loaders at once, with an index per filter and an expiry of tombstones", async () => {
    await Promise.all([1, 2, 3].map(() => prepareCollection(db.mongo, first)));
    await prepareCollection(db.mongo, first);
    expect(await indexes()).toEqual(["_id_", "filter_name", "tombstones"]);
    const expiry = (await db.mongo.db.collection("thing").listIndexes().toArray()).find(
      (i) => i.name === "tombstones",
    );
    expect(expiry).toMatchObject({ key: { _at: 1 }, partialFilterExpression: { _del: true } });
    expect(Number(expiry?.expireAfterSeconds)).toBe(3 * 24 * 60 * 60);
  });

  it("lets tombstones live as long as this release says, where loaders of another one said otherwise", async () => {
    const collection = db.mongo.db.collection("former_thing");
    const model = { ...first, name: collection.collectionName };
    for (let round = 0; round < 5; round += 1) {
      await prepareCollection(db.mongo, model);
      await collection.dropIndex("tombstones");
      const former = { name: "tombstones", partialFilterExpression: { _del: true } };
      await collection.createIndex({ _at: 1 }, { ...former, expireAfterSeconds: 86_400 });
      await Promise.all([1, 2, 3, 4].map(() => prepareCollection(db.mongo, model)));
      const [expiry] = (await collection.listIndexes().toArray()).filter(({ name }) => name === "tombstones");
      expect(Number(expiry?.expireAfterSeconds)).toBe(3 * 24 * 60 * 60);
    }
  });

  it("takes documents of the model and tombstones, and nothing else", async () => {
    const collection = db.mongo.db.collection<{ _id: number; _v?: unknown }>("thing");
    const at = { n: 1n, incarnation: "x" };
    const outcome = await writeBatch(db.mongo, first, at, [
      { id: "1", document: { id: 1, name: "a", price: "1.00", mood: "bad" } },
      { id: "2", document: null },
      { id: "4", document: { id: 4, name: "a", price: "1.00", mood: null } },
    ]);
    expect(outcome).toMatchObject({ written: 3, skipped: 0, rejected: [] });
    const [good] = await collection.find({ _id: 1 }, { promoteValues: false }).toArray();
    for (const wrong of [
      { _id: 9 },
      { ...good, _id: "9" },
      { ...good, _id: 9, price: 1.5 },
      { ...good, _id: 9, name: null },
      { ...good, _id: 9, extra: 1 },
      { ...good, _id: 9, mood: "worse" },
      { ...good, _id: 9, mood: 1 },
      { _id: 9, _v: good?._v, _del: false, _at: new Date() },
    ])
      await expect(collection.insertOne(wrong as { _id: number })).rejects.toMatchObject({ code: 121 });
  });

  it("follows a changed definition: validator and indexes", async () => {
    await prepareCollection(db.mongo, second);
    expect(await indexes()).toEqual(["_id_", "filter_price", "tombstones"]);
    const entry = { id: "3", document: { id: 3, name: "a", price: "1.00", more: "b" } };
    const outcome = await writeBatch(db.mongo, second, { n: 2n, incarnation: "x" }, [entry]);
    expect(outcome).toMatchObject({ written: 1, rejected: [] });
  });
});

describe("the shape hash", () => {
  it("changes with key, names, kinds, scales and nullability, and with nothing else", () => {
    const hashes = [
      { id: int("I."), price: decimal("P.", 2) },
      { id: int("I."), price: decimal("P.", 3) },
      { id: int("I."), price: decimal("P.", 2, { nullable: true }) },
      { id: int("I."), cost: decimal("P.", 2) },
      { id: bigint("I."), price: decimal("P.", 2) },
      { price: decimal("P.", 2), id: int("I.") },
    ].map((fields) => shapeHash(defineModel({ ...base, fields })));
    expect(new Set(hashes).size).toBe(6);
    const renamed = {
      id: int("Other words."),
      price: decimal("Price.", 2, { filter: true, deprecated: "old" }),
    };
    expect(shapeHash(defineModel({ ...base, fields: renamed }))).toBe(hashes[0]);
  });
});
