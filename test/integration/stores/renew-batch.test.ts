import { Long } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { decimal, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { streamMirror } from "../../../src/stores/mongodb/mirror-range.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { type MirrorEntry, renewBatch, writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const model = defineModel({
  name: "note",
  typeName: "Note",
  description: "A note.",
  key: "noteId",
  fields: { noteId: int("Number."), text: string("Text."), price: decimal("Price.", 2) },
});
const at = (n: number) => ({ n: BigInt(n), incarnation: "life-1" });
const note = (id: number, text: string): MirrorEntry => ({
  id: String(id),
  document: { noteId: id, text, price: "1.50" },
});

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
  await db.mongo.db.dropDatabase();
  await prepareCollection(db.mongo, model);
});

async function stored(): Promise<Record<string, bigint>> {
  const versions: Record<string, bigint> = {};
  for await (const { id, version } of streamMirror(db.mongo, model, { after: null, upTo: null, deep: true }))
    versions[id] = version;
  return versions;
}
async function textsOf(...ids: readonly number[]): Promise<unknown[]> {
  const found = await createMirrorStore(db.mongo).findByIds(model, ids.map(String));
  return ids.map((id) => found.get(String(id))?.text);
}

/** Runs `work` on a client of its own, and returns with what the updates of notes were asked for. */
async function watchUpdates(work: (mongo: MongoDb) => Promise<unknown>): Promise<readonly unknown[]> {
  const url = new URL(db.mongodbUrl);
  url.searchParams.set("monitorCommands", "true");
  const mongo = openMongoDb(url.href);
  const updates: unknown[] = [];
  mongo.client.on("commandStarted", ({ command }) => {
    if (command.update === model.name) updates.push(...command.updates.map(({ u }: { u: unknown }) => u));
  });
  await work(mongo).finally(() => mongo.close());
  return updates;
}

test("what is there as it should be gets the new version only, and the rest is written", async () => {
  await writeBatch(db.mongo, model, at(1), [note(1, "same"), note(2, "old"), note(3, "same")]);
  await writeBatch(db.mongo, model, at(2), [note(4, "same")]);
  const entries = [note(1, "same"), note(2, "new"), note(3, "same"), note(4, "same"), note(6, "added")];
  const updates = await watchUpdates(async (mongo) => {
    const outcome = await renewBatch(mongo, model, at(5), entries);
    expect(outcome).toMatchObject({ written: 5, skipped: 0, rejected: [], renewed: 3 });
  });
  // Of each version that was there one, and a replacement of each of the others.
  const version = { $set: { _v: Long.fromNumber(5) } };
  expect(updates.slice(0, 2)).toEqual([version, version]);
  expect(updates).toHaveLength(4);
  expect(await stored()).toEqual({ 1: 5n, 2: 5n, 3: 5n, 4: 5n, 6: 5n });
  expect(await textsOf(1, 2, 4, 6)).toEqual(["same", "new", "same", "added"]);
  expect((await readApplied(db.mongo)).get("note")?.n).toBe(5n);
  // It keeps out whoever has read before, as a replacement does.
  expect(await writeBatch(db.mongo, model, at(4), [note(1, "late")])).toMatchObject({ skipped: 1 });
});

test("a newer version is left as it is, also where nothing else differs", async () => {
  await writeBatch(db.mongo, model, at(9), [note(1, "same")]);
  const outcome = await renewBatch(db.mongo, model, at(7), [note(1, "same"), note(2, "new")]);
  expect(outcome).toMatchObject({ written: 1, skipped: 1, rejected: [] });
  expect(await stored()).toEqual({ 1: 9n, 2: 7n });
});

test("what was edited by hand is written anew, whatever hash is stored beside, and so is a tombstone", async () => {
  await writeBatch(db.mongo, model, at(1), [note(1, "abc"), note(2, "b"), note(3, "c")]);
  const collection = db.mongo.db.collection<{ _id: number }>("note");
  // The hash is as it was, and so is the length.
  await collection.updateOne({ _id: 1 }, { $set: { text: "abd" } });
  await collection.updateOne({ _id: 2 }, { $set: { price: 1.5 } }, { bypassDocumentValidation: true });
  await writeBatch(db.mongo, model, at(2), [{ id: "3", document: null }]);
  const outcome = await renewBatch(db.mongo, model, at(3), [note(1, "abc"), note(2, "b"), note(3, "c")]);
  expect(outcome).toMatchObject({ written: 3, renewed: 0 });
  expect(await textsOf(1, 2, 3)).toEqual(["abc", "b", "c"]);
});

test("what another loader has written since it was compared is written anew", async () => {
  await writeBatch(db.mongo, model, at(1), [note(1, "a"), note(2, "b")]);
  const mongo = openMongoDb(db.mongodbUrl);
  const open = mongo.db.collection.bind(mongo.db);
  let raced: Promise<unknown> | undefined;
  // When the documents have been read, and not before.
  mongo.db.collection = ((name: string) => {
    const collection = open(name);
    const find = collection.find.bind(collection);
    const wrapped = (...asked: Parameters<typeof find>) => {
      const cursor = find(...asked);
      const read = cursor.toArray.bind(cursor);
      cursor.toArray = async () => {
        const found = await read();
        raced ??= writeBatch(db.mongo, model, at(3), [note(1, "other")]);
        await raced;
        return found;
      };
      return cursor;
    };
    return Object.assign(collection, { find: wrapped });
  }) as typeof mongo.db.collection;
  const outcome = await renewBatch(mongo, model, at(5), [note(1, "a"), note(2, "b")]).finally(() =>
    mongo.close(),
  );
  expect(raced).toBeDefined();
  expect(outcome).toMatchObject({ written: 2, skipped: 0 });
  expect(await textsOf(1, 2)).toEqual(["a", "b"]);
  expect(await stored()).toEqual({ 1: 5n, 2: 5n });
});
