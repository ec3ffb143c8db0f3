import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { Long } from "mongodb";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { type Change, createLiveDocuments } from "../../../src/graphql/live-documents.ts";
import { bsonCodecOf } from "../../../src/stores/document-codec.ts";
import { createMirrorFeed } from "../../../src/stores/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb.ts";
import { openCuttableLink } from "./cuttable-link.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

let version = 1;
const modelOf = (name: string) => {
  const models = gateway.database.project.domains.flatMap((domain) => domain.models);
  const model = models.find((candidate) => candidate.name === name);
  if (!model) throw new Error(`There is no model ${name}.`);
  return model;
};
const customers = () => modelOf("customer_orders");
const collection = () => gateway.database.mongo.db.collection<{ _id: number }>("customer_orders");
/** Writes to the mirror as the loader does; the loader itself has tests of its own. */
const write = async (id: number, change: Record<string, unknown>) => {
  version += 1;
  await collection().updateOne({ _id: id }, { $set: { ...change, _v: Long.fromNumber(version) } });
};
const remove = async (id: number) => {
  version += 1;
  await collection().replaceOne({ _id: id }, { _v: Long.fromNumber(version), _del: true, _at: new Date() });
};
const restore = async (id: number) => {
  version += 1;
  const document =
    (await gateway.options.stores.live.findByIds(customers(), [String(id)])).get(String(id)) ?? {};
  const { toBson } = bsonCodecOf(customers());
  await collection().replaceOne({ _id: id }, { ...toBson(document), _v: Long.fromNumber(version), _h: "" });
};

const query = `subscription($ids: [ID!], $where: CustomerOrdersWhere) {
  customerOrdersChanged(ids: $ids, where: $where) { id document { name state orders { details { orderId } } } }
}`;
type Event = {
  data?: { customerOrdersChanged: { id: string; document: { name: string } | null } } | null;
  errors?: unknown;
};

const overSse = (variables: Record<string, unknown>) => {
  const client = createSseClient({ url: gateway.server.url, retryAttempts: 0 });
  onTestFinished(() => client.dispose());
  return client.iterate({ query, variables }) as unknown as AsyncIterableIterator<Event>;
};
const overWs = (variables: Record<string, unknown>) => {
  const client = createWsClient({
    url: gateway.server.url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  onTestFinished(async () => void (await client.dispose()));
  return client.iterate({ query, variables }) as unknown as AsyncIterableIterator<Event>;
};
const told = async (events: AsyncIterator<Event>) => {
  const { value } = await events.next();
  const change = (value as Event).data?.customerOrdersChanged;
  return change ? [change.id, change.document?.name ?? null] : value;
};

describe.each([
  ["server-sent events", overSse],
  ["WebSocket", overWs],
])("A subscription over %s", (_name, subscribe) => {
  test("tells what is, then every change, deletions too", async () => {
    await write(1, { name: "Ada" });
    const events = subscribe({ ids: ["1"] });
    expect(await told(events)).toEqual(["1", "Ada"]);
    await write(2, { name: "Not of interest" });
    await write(1, { name: "Eva" });
    expect(await told(events)).toEqual(["1", "Eva"]);
    await remove(1);
    expect(await told(events)).toEqual(["1", null]);
    await restore(1);
    expect((await told(events))[1]).not.toBeNull();
    await events.return?.();
  });

  test("tells when a document begins and ceases to fit a filter", async () => {
    await write(3, { state: "AA" });
    const events = subscribe({ where: { state: { eq: "ZZ" } } });
    await write(3, { state: "ZZ", name: "In" });
    expect(await told(events)).toEqual(["3", "In"]);
    await write(3, { state: "YY" });
    expect(await told(events)).toEqual(["3", null]);
    await events.return?.();
  });

  test("refuses bad input with a code", async () => {
    const outcome = await subscribe({ ids: ["x"] })
      .next()
      .catch((error: unknown) => error);
    expect(JSON.stringify(outcome)).toContain("BAD_INPUT");
  });
});

describe("Documents that are followed", () => {
  test("cost one reader of the mirror, however many follow, and none when nobody does", async () => {
    const { mongo } = gateway.database;
    const feed = createMirrorFeed(mongo);
    let watches = 0;
    let stops = 0;
    const counted: typeof feed = {
      watch(model, onChange) {
        watches += 1;
        const watch = feed.watch(model, onChange);
        return {
          stop() {
            stops += 1;
            return watch.stop();
          },
        };
      },
    };
    const documents = createLiveDocuments(counted, createMirrorStore(mongo));
    const all = Array.from({ length: 300 }, () => documents.follow(customers(), { ids: ["4"], where: null }));
    for (const one of all) expect((await one.next()).value.id).toBe("4");
    await write(4, { name: "Heard by all" });
    for (const one of all) expect((await one.next()).value.document.name).toBe("Heard by all");
    expect(watches).toBe(1);
    for (const one of all) await one.return?.();
    expect(stops).toBe(1);
  });

  test("are told to a slow client in their newest state only", async () => {
    const { mongo } = gateway.database;
    const documents = createLiveDocuments(createMirrorFeed(mongo), createMirrorStore(mongo));
    const slow = documents.follow(customers(), { ids: ["5", "6"], where: null });
    await slow.next();
    await slow.next();
    for (let n = 0; n < 100; n++) await write(5, { name: `State ${n}` });
    await write(6, { name: "Last" });
    const seen: Change[] = [];
    while (seen.at(-1)?.document?.name !== "Last") seen.push((await slow.next()).value);
    expect(seen.length).toBeLessThan(60);
    expect(seen.findLast((change) => change.id === "5")?.document?.name).toBe("State 99");
    await slow.return?.();
  });

  test("are read anew when the feed may have missed some", async () => {
    const { mongo } = gateway.database;
    const feed = createMirrorFeed(mongo);
    let loseHistory: () => void = () => undefined;
    // The server has forgotten the position to resume from: no id is told, only the doubt.
    const forgetful: typeof feed = {
      watch(model, onChange) {
        loseHistory = () => onChange(null);
        return feed.watch(model, (id) => id === null && onChange(null));
      },
    };
    const documents = createLiveDocuments(forgetful, createMirrorStore(mongo));
    const changes = documents.follow(customers(), { ids: ["8", "9"], where: null });
    await changes.next();
    await changes.next();
    await write(8, { name: "Missed" });
    await remove(9);
    loseHistory();
    expect((await changes.next()).value.document.name).toBe("Missed");
    expect((await changes.next()).value).toEqual({ id: "9", document: null });
    await changes.return?.();
    await restore(9);
  });

  test("miss nothing while MongoDB is away", async () => {
    const link = await openCuttableLink(gateway.database.mongodbUrl);
    const mongo = openMongoDb(link.url);
    const documents = createLiveDocuments(createMirrorFeed(mongo), createMirrorStore(mongo));
    const changes = documents.follow(customers(), { ids: ["7"], where: null });
    await changes.next();
    await link.cut();
    await write(7, { name: "While away" });
    await link.mend();
    expect((await changes.next()).value.document.name).toBe("While away");
    await changes.return?.();
    await mongo.close();
    await link.cut();
  });
});
