import { afterEach, beforeEach, expect, test } from "vitest";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { readApplied } from "../../../src/stores/mongodb/mirror-records.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { insertBatch, type MirrorEntry, writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { findUnsharded, requireShards } from "../../../src/stores/mongodb/shard-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { blows, type SetKind } from "../../support/fake-members.ts";
import { type FakeSet, openFakeSet } from "../../support/fake-replica-set.ts";

const model = defineModel({
  name: "note",
  typeName: "Note",
  description: "A note.",
  key: "noteId",
  fields: { noteId: int("Number."), text: string("Text.", { filter: true }) },
});
const at = (n: number) => ({ n: BigInt(n), incarnation: "life" });
const note = (id: number, text: string): MirrorEntry => ({ id: String(id), document: { noteId: id, text } });

let database: TestDatabase;
let asked: string[];
let closing: (() => Promise<void>)[];
beforeEach(async () => {
  database = await openTestDatabase({ migrate: false });
  asked = [];
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await database.close();
});

async function open(kind: SetKind, sharding: MongoDb["sharding"] = null) {
  const onCommand = (_: number, command: string) => void asked.push(command);
  const set: FakeSet = await openFakeSet({ url: database.mongodbUrl, kind, onCommand });
  const mongo = openMongoDb(`${set.url}&monitorCommands=true`, { sharding });
  closing.push(set.close, mongo.close);
  return { set, mongo };
}
const textOf = async (mongo: MongoDb, id: number) =>
  (await createMirrorStore(mongo).findByIds(model, [String(id)])).get(String(id))?.text;

test("a collection that is as it should be is left alone, whoever prepares it", async () => {
  const { mongo } = await open("replicaSet");
  const definitions = () => asked.filter((name) => /^(create|createIndexes|collMod|dropIndexes)$/.test(name));
  await prepareCollection(mongo, model);
  expect(definitions()).not.toEqual([]);
  asked.length = 0;
  await Promise.all([1, 2].map(() => prepareCollection(mongo, model)));
  expect(definitions()).toEqual([]);
  await prepareCollection(mongo, { ...model, filters: [] });
  expect(definitions()).toEqual(["dropIndexes"]);
});

test("what no majority has in time, and a commit that is cut off twice, count as the mirror's being away", async () => {
  const { set, mongo } = await open("replicaSet");
  await prepareCollection(mongo, model);
  const command = "commitTransaction";
  const away = { code: "MIRROR_UNAVAILABLE" };
  set.strike({ command, blow: "applied, but no majority in time" });
  await expect(writeBatch(mongo, model, at(1), [note(1, "a")])).rejects.toMatchObject(away);
  // The driver tries once more by itself.
  for (let time = 0; time < 2; time++) set.strike({ command, blow: "cut before" });
  await expect(writeBatch(mongo, model, at(2), [note(1, "b")])).rejects.toMatchObject(away);
  expect(await textOf(mongo, 1)).toBe("a");
  await writeBatch(mongo, model, at(3), [note(1, "c")]);
  expect(await textOf(mongo, 1)).toBe("c");
});

test("a mirror over shards is sharded by the hash of ids before its first document, once", async () => {
  const { mongo } = await open("sharded", "hashed");
  await requireShards(mongo);
  await prepareCollection(mongo, model);
  await prepareCollection(mongo, model, "note.2");
  await writeBatch(mongo, model, at(1), [note(1, "a")]);
  await prepareCollection(mongo, model);
  expect(asked.filter((name) => name === "shardCollection")).toHaveLength(2);
  expect(asked.indexOf("shardCollection")).toBeLessThan(asked.indexOf("update"));
  expect(await findUnsharded(mongo, ["note", "note.2"])).toEqual([]);
});

test("a collection with documents is not spread while loaders write to it, and is named", async () => {
  const { mongo } = await open("sharded", "hashed");
  const before = openMongoDb(database.mongodbUrl);
  closing.push(before.close);
  await prepareCollection(before, model);
  await writeBatch(before, model, at(1), [note(1, "a")]);
  await prepareCollection(mongo, model);
  expect(asked).not.toContain("shardCollection");
  expect(await findUnsharded(mongo, ["note"])).toEqual(["note"]);
  expect(await findUnsharded(before, ["note"])).toEqual([]);
});

test("shards that are asked for on a replica set are refused by name", async () => {
  const { mongo } = await open("replicaSet", "hashed");
  const refusal = { code: "CONFIG_INVALID", message: expect.stringContaining("VITRINE_SHARD") };
  await expect(requireShards(mongo)).rejects.toMatchObject(refusal);
  await expect(prepareCollection(mongo, model)).rejects.toMatchObject(refusal);
});

test("over shards a batch is no transaction, names the id in each write, and is noted when all of it is durable", async () => {
  const { set, mongo } = await open("sharded", "hashed");
  await prepareCollection(mongo, model);
  const sent: Record<string, unknown>[] = [];
  mongo.client.on("commandStarted", ({ command }) => sent.push(command));
  let n = 0;
  for (const ofCollection of ["note", "_vitrine"])
    for (const blow of blows) {
      n += 1;
      const text = `${ofCollection} ${blow}`;
      set.strike({ command: "update", blow, of: ({ update }) => update === ofCollection });
      const write = () => writeBatch(mongo, model, at(n), [note(1, text), note(n + 1, text)]);
      // As a loader does: what failed is written again.
      const outcome = await write().catch(async ({ code }) => {
        expect(code).toBe("MIRROR_UNAVAILABLE");
        expect((await readApplied(mongo)).get("note")?.n ?? 0n).toBeLessThanOrEqual(BigInt(n));
        return write();
      });
      expect(outcome).toMatchObject({ rejected: [] });
      expect([await textOf(mongo, 1), await textOf(mongo, n + 1)]).toEqual([text, text]);
      expect((await readApplied(mongo)).get("note")?.n).toBe(BigInt(n));
    }
  expect(await writeBatch(mongo, model, at(1), [note(1, "old")])).toMatchObject({ written: 0, skipped: 1 });
  await insertBatch(mongo, model, at(20), [note(1, "rebuilt"), note(99, "rebuilt")]);
  expect([await textOf(mongo, 1), await textOf(mongo, 99)]).toEqual(["rebuilt", "rebuilt"]);
  const updates = sent.filter(({ update }) => update === "note");
  expect(updates.length).toBeGreaterThan(10);
  for (const { updates: each } of updates)
    for (const { q } of each as { q: { _id: unknown } }[]) expect(Number(q._id)).toBeGreaterThan(0);
  expect(sent.filter((command) => "autocommit" in command)).toEqual([]);
});
