import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLiveDocuments } from "../../../src/graphql/live-documents.ts";
import type { Interest } from "../../../src/graphql/subscriber.ts";
import { createMirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";
import { createMirrorWrites, type MirrorWrites } from "./mirror-writes.ts";

let gateway: TestGateway;
let { model, write } = {} as MirrorWrites; // there before the first test
beforeAll(async () => {
  gateway = await openTestGateway();
  ({ model, write } = createMirrorWrites(gateway));
});
afterAll(() => gateway?.close());

describe("A thousand subscribers", () => {
  test("cost MongoDB one reader: a few connections and commands", async () => {
    const proxy = await openTcpProxy(Number(new URL(gateway.database.mongodbUrl).port));
    const url = new URL(gateway.database.mongodbUrl);
    url.port = String(proxy.port);
    const mongo = openMongoDb(url.href);
    const commands: string[] = [];
    mongo.client.options.monitorCommands = true;
    mongo.client.on("commandStarted", ({ commandName }) => commands.push(commandName));
    const documents = createLiveDocuments(createMirrorFeed(mongo), createMirrorStore(mongo));
    const follow = (interest: Interest) => documents.follow(model, interest);
    const all = Array.from({ length: 1000 }, (_, n) =>
      follow({ ids: ["4", String(20 + (n % 10))], where: null }),
    );
    for (const one of all) await one.next();
    for (const one of all) await one.next();
    const atStart = commands.length;
    expect(commands.filter((name) => name === "aggregate" || name === "find").length).toBeLessThan(10);
    for (let n = 0; n < 20; n++) await write(4, { name: `Told a thousand ${n}` });
    for (const one of all) while ((await one.next()).value.document.name !== "Told a thousand 19");
    // A look per change and the stream's own fetches at most; never one per subscriber.
    expect(commands.length - atStart).toBeLessThan(100);
    // The driver keeps two for watching over the server.
    expect(proxy.connections()).toBeLessThanOrEqual(4);
    for (const one of all) await one.return?.();
    await mongo.close();
    await proxy.close();
  });
});
