import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from "vitest";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { probeMongo } from "../../../src/stores/mongodb/mirror-server.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { writeBatch } from "../../../src/stores/mongodb/mirror-writer.ts";
import { openMongoDb, toMirrorError } from "../../../src/stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../../src/stores/mongodb/prepare-collection.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

const thing = defineModel({
  name: "thing",
  typeName: "Thing",
  description: "A thing.",
  key: "id",
  fields: { id: int("Id.") },
});

describe("the connection to MongoDB", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
    await prepareCollection(db.mongo, thing);
    await writeBatch(db.mongo, thing, { n: 1n, incarnation: "x" }, [{ id: "1", document: { id: 1 } }]);
  });
  afterAll(() => db?.close());

  it("says what the server is", async () => {
    const server = await probeMongo(db.mongo);
    expect(server.maxDocumentBytes).toBe(16 * 1024 * 1024);
    expect(server.kind === "standalone").toBe(server.setName === null && !server.transactions);
    const hello = await db.mongo.client.db("admin").command({ hello: 1 });
    expect(server.setName).toBe(hello.setName ?? null);
    expect(db.mongo.isReachable()).toBe(true);
  });

  it("is asked again for change streams when it went away before it had answered", async () => {
    const proxy = await openTcpProxy(Number(new URL(db.mongodbUrl).port));
    const mongo = openMongoDb(Object.assign(new URL(db.mongodbUrl), { port: proxy.port }).href);
    const goesAway = new Proxy(mongo.db, {
      get: (target, name) => {
        if (name !== "watch") return Reflect.get(target, name);
        return () => {
          const stream = target.watch();
          return Object.assign(stream, {
            tryNext: async () => {
              await proxy.stop();
              return Object.getPrototypeOf(stream).tryNext.call(stream);
            },
          });
        };
      },
    });
    await expect(probeMongo({ ...mongo, db: goesAway })).rejects.toMatchObject({
      code: "MIRROR_UNAVAILABLE",
    });
    await proxy.start();
    const { changeStreams } = await probeMongo(db.mongo);
    // The driver's watch may notice the loss of its own connection a moment later, and ends what has just begun.
    await expect
      .poll(() =>
        probeMongo(mongo).then(
          (again) => again.changeStreams,
          () => null,
        ),
      )
      .toBe(changeStreams);
    await mongo.close();
    await proxy.close();
  });

  it("says with a code, and soon, that nobody answers, for reads, writes and set-up", async () => {
    // Two hosts, as in the URL of a replica set; port 1 is never listened on.
    const away = openMongoDb("mongodb://127.0.0.1:1,127.0.0.1:2/shop?replicaSet=none");
    const started = performance.now();
    const failures = await Promise.allSettled([
      createMirrorStore(away).findByIds(thing, ["1"]),
      createMirrorStore(away).count(thing, null),
      writeBatch(away, thing, { n: 1n, incarnation: "x" }, [{ id: "1", document: { id: 1 } }]),
      prepareCollection(away, thing),
      probeMongo(away),
    ]);
    expect(performance.now() - started).toBeLessThan(6000);
    for (const failure of failures)
      expect(failure).toMatchObject({ status: "rejected", reason: { code: "MIRROR_UNAVAILABLE" } });
    expect(away.isReachable()).toBe(false);
    expect(away.db.databaseName).toBe("shop");
    await away.close();
  });

  it("comes about in the end when nobody answered at its first use, and says until then that it is not there", async () => {
    const proxy = await openTcpProxy(Number(new URL(db.mongodbUrl).port));
    proxy.blackHole();
    const mongo = openMongoDb(Object.assign(new URL(db.mongodbUrl), { port: proxy.port }).href);
    const store = createMirrorStore(mongo);
    await expect(store.count(thing, null)).rejects.toMatchObject({ code: "MIRROR_UNAVAILABLE" });
    const seen = new Set<boolean>();
    for (let look = 0; look < 60; look++) {
      seen.add(mongo.isReachable());
      await sleep(50);
    }
    expect(seen).toEqual(new Set([false]));
    proxy.open();
    await expect.poll(() => store.count(thing, null).catch(({ code }) => code), { timeout: 20_000 }).toBe(1);
    expect(mongo.isReachable()).toBe(true);
    await mongo.close();
    await proxy.close();
  });

  it("rejects a read whose client has gone with the reason given", async () => {
    const store = createMirrorStore(db.mongo);
    const gone = new Error("client has gone");
    await expect(store.findByIds(thing, ["1"], { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
    const abort = new AbortController();
    const read = store.stream(thing, null, { signal: abort.signal })[Symbol.asyncIterator]();
    expect((await read.next()).value).toEqual({ id: 1 });
    abort.abort(gone);
    await expect(read.next()).rejects.toBe(gone);
  });

  it("refuses to pass off a document that somebody spoiled by hand as one of the model", async () => {
    const spoiled = { _id: 2, id: "two" };
    await db.mongo.db
      .collection<{ _id: number; id: string }>("thing")
      .insertOne(spoiled, { bypassDocumentValidation: true });
    const read = createMirrorStore(db.mongo).findByIds(thing, ["2"]);
    await expect(read).rejects.toMatchObject({ code: "DOCUMENT_INVALID", details: { path: "id" } });
  });
});

test("an account that MongoDB refuses is told of as such, without its password, and the mirror counts as away", async () => {
  const db = await openTestDatabase({ migrate: false });
  onTestFinished(() => db.close());
  const wrong = new URL(db.mongodbUrl);
  // Of a server without accounts any is refused, too.
  wrong.username ||= "somebody";
  wrong.password = "wrong-password";
  const mongo = openMongoDb(wrong.href);
  onTestFinished(() => mongo.close());
  const error = await mongo.db.command({ ping: 1 }).then(() => null, toMirrorError);
  expect(error).toMatchObject({
    code: "MIRROR_UNAVAILABLE",
    message: expect.stringContaining("refuses the account of MONGODB_URL"),
  });
  expect(String(error)).not.toContain("wrong-password");
});
