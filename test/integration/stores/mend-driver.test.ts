import { Connection } from "mongodb/lib/cmap/connection.js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { mendDriver } from "../../../src/stores/mongodb/mend-driver.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openFakeSet } from "../../support/fake-replica-set.ts";

let db: TestDatabase;
let mongo: MongoDb;
const { prototype } = Connection;
mendDriver();
const { writeCommand } = prototype;

beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  mongo = openMongoDb(db.mongodbUrl);
  await db.mongo.db.collection<{ _id: number }>("thing").insertOne({ _id: 1 });
});
afterEach(() => {
  prototype.writeCommand = writeCommand;
});
afterAll(async () => {
  await mongo?.close();
  await db?.close();
});

/** As a socket is between its loss and the news of it: what the next command of this kind is written to. */
function destroyOnce(isMeant: (connection: Connection) => boolean): () => boolean {
  let isDone = false;
  prototype.writeCommand = function (this: Connection, ...args) {
    if (!isDone && isMeant(this)) {
      isDone = true;
      this.socket.destroy();
    }
    return writeCommand.apply(this, args);
  };
  return () => isDone;
}
const isOfPool = ({ id }: Connection) => typeof id === "number";

test("a read that is written to a connection which has just closed is tried again, and does not hang", async () => {
  const things = mongo.db.collection<{ _id: number }>("thing");
  await things.findOne({ _id: 1 });
  const isDestroyed = destroyOnce(isOfPool);
  expect(await things.findOne({ _id: 1 })).toEqual({ _id: 1 });
  expect(isDestroyed()).toBe(true);
});

test("the watch over a server whose connection has just closed goes on", async () => {
  // Its members are looked at again and again, as where the server does not tell of changes by itself.
  const set = await openFakeSet({ url: db.mongodbUrl });
  const watched = openMongoDb(set.url);
  try {
    await watched.db.collection("thing").findOne({});
    let address: string | undefined;
    const isDestroyed = destroyOnce((connection) => {
      if (isOfPool(connection) || !set.addresses.includes(connection.address)) return false;
      address = connection.address;
      return true;
    });
    await expect.poll(isDestroyed).toBe(true);
    const looks: string[] = [];
    watched.client.on("serverHeartbeatSucceeded", ({ connectionId }) => looks.push(connectionId));
    await expect.poll(() => looks.filter((one) => one === address).length).toBeGreaterThan(1);
  } finally {
    await watched.close();
    await set.close();
  }
});
