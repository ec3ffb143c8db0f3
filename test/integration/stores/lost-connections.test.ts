import { afterAll, beforeAll, expect, test } from "vitest";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { prepareCollection } from "../../../src/stores/mongodb/mirror-schema.ts";
import { insertBatch, writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

const model = defineModel({
  name: "thing",
  typeName: "Thing",
  description: "A thing.",
  key: "id",
  fields: { id: int("Id.") },
});

let db: TestDatabase;
let proxy: TcpProxy;
let mongo: MongoDb;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  await prepareCollection(db.mongo, model);
  proxy = await openTcpProxy(Number(new URL(db.mongodbUrl).port));
  mongo = openMongoDb(Object.assign(new URL(db.mongodbUrl), { port: proxy.port }).href);
});
afterAll(async () => {
  await mongo?.close();
  await proxy?.close();
  await db?.close();
});

/** The mirror is replaced by a copy without things after each command of this name. */
function replacedAfter(command: "insertMany" | "bulkWrite"): MongoDb {
  const replace = async () => {
    await proxy.stop();
    await db.mongo.db.collection(model.name).deleteMany({});
    await proxy.start();
  };
  const watched = new Proxy(mongo.db, {
    get: (target, name) => {
      if (name !== "collection") return Reflect.get(target, name);
      return (collection: string) =>
        new Proxy(target.collection(collection), {
          get: (own, method) => {
            const value = Reflect.get(own, method);
            if (typeof value !== "function") return value;
            return async (...args: unknown[]) => {
              // Outside of transactions, as on a server that has none.
              const isOne = method === command && !(args[1] as { session?: unknown }).session;
              const result = await value.apply(own, args);
              if (isOne) await replace();
              return result;
            };
          },
        });
    },
  });
  return { ...mongo, db: watched };
}

const things = [1, 2].map((id) => ({ id: String(id), document: { id } }));

test("a batch whose receipt is not of the server that has its documents is written again: inserts of a rebuild", async () => {
  const position = { n: 1n, incarnation: "life" };
  const writing = insertBatch(replacedAfter("insertMany"), model, position, things);
  await expect(writing).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
});

test("the same outside of a transaction", async () => {
  await writeBatch(mongo, model, { n: 5n, incarnation: "life" }, things.slice(0, 1));
  // The first is newer in the mirror, so there is no transaction.
  const position = { n: 4n, incarnation: "life" };
  const writing = writeBatch(replacedAfter("bulkWrite"), model, position, things);
  await expect(writing).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
});
