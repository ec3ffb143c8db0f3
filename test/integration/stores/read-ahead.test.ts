import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bigint, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { bsonCodecOf } from "../../../src/stores/conversion/document-codec.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import type { MongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

const BATCH = 10;
const ROWS = 45;
const thing = defineModel({
  name: "things_of_batches",
  typeName: "ThingOfBatches",
  description: "A thing.",
  key: "thingId",
  batch: BATCH,
  fields: { thingId: bigint("Its number."), name: string("Its name.") },
});

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
});
afterAll(() => db?.close());

/** The mirror with all things, over a connection that tells which commands it sends. */
async function openTold(url = db.mongodbUrl) {
  const client = new MongoClient(url, {
    monitorCommands: true,
    promoteLongs: false,
    promoteBuffers: true,
  });
  onTestFinished(() => client.close());
  const sent: string[] = [];
  client.on("commandStarted", ({ commandName }) => sent.push(commandName));
  const ended: string[] = [];
  client.on("commandSucceeded", ({ commandName }) => ended.push(commandName));
  const mongo: MongoDb = {
    client,
    db: client.db(db.mongo.db.databaseName),
    sharding: null,
    preferred: null,
    isReachable: () => true,
    awaitReachable: async () => true,
    close: () => client.close(),
  };
  const { toBson, toId } = bsonCodecOf(thing);
  const things = mongo.db.collection<{ _id: ReturnType<typeof toId> }>(thing.name);
  await things.deleteMany({});
  await things.insertMany(
    Array.from({ length: ROWS }, (_, index) => {
      const thingId = String(index + 1);
      return { ...toBson({ thingId, name: `Thing ${thingId}` }), _id: toId(thingId) };
    }),
  );
  sent.length = 0;
  const count = (name: string) => sent.filter((one) => one === name).length;
  const answered = (name: string) => ended.filter((one) => one === name).length;
  return { mirror: createMirrorStore(mongo), count, answered };
}
const settings = { collection: thing.name };

test("all documents come in the order of the key, each batch asked for while the one before is taken", async () => {
  const { mirror, count } = await openTold();
  const ids: string[] = [];
  for await (const document of mirror.stream(thing, null, settings)) {
    ids.push(String(document.thingId));
    // The first of each batch: the next one is on its way, and none after that.
    if (ids.length % BATCH === 1 && ids.length < ROWS) {
      const batch = Math.ceil(ids.length / BATCH);
      await expect.poll(() => count("getMore")).toBe(Math.min(batch, Math.ceil(ROWS / BATCH) - 1));
    }
  }
  expect(ids).toEqual(Array.from({ length: ROWS }, (_, index) => String(index + 1)));
});

test("who stops early ends the read at the server", async () => {
  const { mirror, count } = await openTold();
  for await (const document of mirror.stream(thing, null, settings))
    if (String(document.thingId) === "3") break;
  await expect.poll(() => count("killCursors")).toBe(1);
});

test("who is aborted while a batch is on its way waits for nothing, and leaves no cursor to the server", async () => {
  const url = new URL(db.mongodbUrl);
  const proxy = await openTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  url.host = `127.0.0.1:${proxy.port}`;
  const { mirror, count, answered } = await openTold(url.href);
  const stop = new AbortController();
  const read = async () => {
    for await (const document of mirror.stream(thing, null, { ...settings, signal: stop.signal })) {
      if (String(document.thingId) === "1") {
        await expect.poll(() => answered("getMore")).toBe(1);
        proxy.blackHole();
      }
      if (String(document.thingId) === String(BATCH + 1)) {
        await expect.poll(() => count("getMore")).toBe(2);
        stop.abort(new Error("Nobody waits."));
      }
    }
  };
  await expect(read()).rejects.toThrow("Nobody waits.");
  proxy.open();
  await expect.poll(() => count("killCursors")).toBe(1);
});
