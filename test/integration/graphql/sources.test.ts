import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { ageChanges, clearChanges } from "../../support/changes.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";
import { type Answer, ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const query =
  "query($source: Source, $maxStaleness: Int, $afterWrite: String) { customerOrders(id: 1 source: $source maxStaleness: $maxStaleness afterWrite: $afterWrite) { customerId } }";
const sourceOf = (answer: Answer) =>
  answer.errors?.[0]?.extensions.code ?? answer.extensions?.freshness[0]?.source;
const source = async (variables: Record<string, unknown> = {}) =>
  sourceOf(await gateway.ask(query, variables));
const oldChange =
  "insert into vitrine_change_city (vitrine_at) values (utc_timestamp(6) - interval 3 second)";
describe("AUTO", () => {
  test("is the mirror when all is well, and the answer says how old it is", async () => {
    const answer = await gateway.ask(query);
    expect(answer.extensions?.freshness).toEqual([
      {
        root: "customerOrders",
        model: "customer_orders",
        source: "MIRROR",
        position: "1",
        lagMs: 0,
        pendingChanges: 0,
        asOf: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
  });

  test("is live when the mirror is older than the query allows; MIRROR is then refused", async () => {
    const { admin } = gateway.database;
    await admin.run(oldChange);
    await expect.poll(() => source({ maxStaleness: 1000 })).toBe("LIVE");
    expect(await source({ source: "MIRROR", maxStaleness: 1000 })).toBe("MIRROR_UNAVAILABLE");
    const answer = await gateway.ask(query, { maxStaleness: 60_000 });
    expect(answer.extensions?.freshness[0]).toMatchObject({ source: "MIRROR", pendingChanges: 1 });
    expect(answer.extensions?.freshness[0]?.lagMs).toBeGreaterThanOrEqual(3000);
    await ageChanges(admin, 60);
    await expect.poll(() => source()).toBe("LIVE");
    await clearChanges(admin);
    await expect.poll(() => source()).toBe("MIRROR");
  });

  test("is the mirror again when live, which was to answer, lacks what it needs; a promise is kept", async () => {
    const { stores, route } = gateway.options;
    const away = new VitrineError("SOURCE_UNAVAILABLE", "MariaDB cannot do it just now: a disk is full.");
    const server = await createServer({
      ...gateway.options,
      metrics: createMetrics(),
      route: (model, demand, signal) =>
        route(model, demand.source === "AUTO" ? { ...demand, source: "LIVE" } : demand, signal),
      stores: { ...stores, live: { ...stores.live, findByIds: () => Promise.reject(away) } },
    });
    const shown = async (variables = {}) => sourceOf(await ask(server.url, query, variables));
    expect(await shown()).toBe("MIRROR");
    await gateway.database.admin.run(oldChange);
    await expect.poll(() => shown({ maxStaleness: 1000 })).toBe("SOURCE_UNAVAILABLE");
    await Promise.all([clearChanges(gateway.database.admin), server.close()]);
  });

  test("is live while the mirror is being rebuilt, and the server is not ready", async () => {
    const { admin } = gateway.database;
    const ready = () =>
      fetch(gateway.server.url.replace("/graphql", "/readyz")).then((response) => response.status);
    expect(await ready()).toBe(200);
    await admin.run("update vitrine_state set rebuild_status = 'running' where model = 'customer_orders'");
    await expect.poll(() => source()).toBe("LIVE");
    expect(await source({ source: "MIRROR" })).toBe("MIRROR_UNAVAILABLE");
    expect(await ready()).toBe(503);
    await admin.run("update vitrine_state set rebuild_status = 'done'");
    await expect.poll(() => source()).toBe("MIRROR");
  });

  test("goes on live when the mirror fails in the middle of a query, and says so", async () => {
    const { live, mirror } = gateway.options.stores;
    const failing: typeof mirror = {
      ...mirror,
      findByIds: (model, ids, options) =>
        model.name === "order_details"
          ? Promise.reject(new VitrineError("MIRROR_UNAVAILABLE", "MongoDB has just gone."))
          : mirror.findByIds(model, ids, options),
    };
    const metrics = createMetrics();
    const server = await createServer({ ...gateway.options, stores: { live, mirror: failing }, metrics });
    const nested = (wanted: string) =>
      `{ customerOrdersConnection(first: 3 source: ${wanted}) { nodes { orders { details { orderId total } } } } }`;
    const answer = await ask(server.url, nested("AUTO"));
    expect(answer.errors).toBeUndefined();
    expect(answer.extensions?.freshness).toMatchObject([
      { model: "customer_orders", source: "MIRROR" },
      { model: "order_details", source: "LIVE" },
    ]);
    expect(answer.data).toEqual((await gateway.ask(nested("LIVE"))).data);
    expect(await metrics.registry.metrics()).toContain(
      'vitrine_graphql_fallbacks_total{model="order_details"}',
    );
    expect(sourceOf(await ask(server.url, nested("MIRROR")))).toBe("MIRROR_UNAVAILABLE");
    await server.close();
  });
});

describe("afterWrite", () => {
  test("waits for the mirror, then reads live; MIRROR is then refused", async () => {
    const { admin } = gateway.database;
    const token = await takeToken(admin);
    const start = performance.now();
    expect(await source({ afterWrite: token })).toBe("LIVE");
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await source({ afterWrite: token, source: "MIRROR" })).toBe("MIRROR_UNAVAILABLE");
    const waiting = source({ afterWrite: token });
    await admin.run("update vitrine_state set complete = (select n from vitrine_position)");
    expect(await waiting).toBe("MIRROR");
  });

  test("reads live for a token of another life of the database, and refuses what is none", async () => {
    const other = Buffer.from("1.00000000-0000-0000-0000-000000000000").toString("base64url");
    expect(await source({ afterWrite: other })).toBe("LIVE");
    expect(await source({ afterWrite: "nonsense" })).toBe("BAD_INPUT");
  });

  test("as a header counts for every read of the request that names no token itself and no moment", async () => {
    const { admin } = gateway.database;
    await admin.run("update vitrine_state set complete = (select n from vitrine_position)");
    const seen = await takeToken(admin);
    await admin.run("update vitrine_state set complete = (select n from vitrine_position)");
    const headers = { "x-vitrine-after-write": await takeToken(admin) };
    const { extensions, errors } = await gateway.ask(
      `query($seen: String, $now: DateTime) {
        a: customerOrders(id: 1) { name }
        b: orderDetailsConnection(first: 1) { nodes { orderId } }
        c: sales { revenue }
        d: customerOrders(id: 1, afterWrite: $seen) { name }
        e: customerOrders(id: 1, asOf: $now) { name }
      }`,
      { seen, now: new Date().toISOString() },
      headers,
    );
    expect(errors).toBeUndefined();
    expect(Object.fromEntries(extensions?.freshness.map(({ root, source }) => [root, source]) ?? [])).toEqual(
      { a: "LIVE", b: "LIVE", c: "LIVE", d: "MIRROR", e: "LIVE" },
    );
    expect(sourceOf(await gateway.ask(query, { source: "MIRROR" }, headers))).toBe("MIRROR_UNAVAILABLE");
    await admin.run("update vitrine_state set complete = (select n from vitrine_position)");
    expect(sourceOf(await gateway.ask(query, {}, headers))).toBe("MIRROR");
  });

  test("as a header that is no token is refused with its name", async () => {
    const answer = await gateway.ask(query, {}, { "x-vitrine-after-write": "nonsense" });
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining("x-vitrine-after-write"), extensions: { code: "BAD_INPUT" } },
    ]);
  });
});

const throughProxy = (url: string, { port }: TcpProxy): string => Object.assign(new URL(url), { port }).href;

describe("When a server is away", () => {
  let toMariaDb: TcpProxy;
  let toMongoDb: TcpProxy;
  let reader: MariaDb;
  let mongo: MongoDb;
  let server: Server;
  beforeAll(async () => {
    const { mariadbUrl, mongodbUrl, urls } = gateway.database;
    toMariaDb = await openTcpProxy(Number(new URL(mariadbUrl).port));
    toMongoDb = await openTcpProxy(Number(new URL(mongodbUrl).port));
    reader = openMariaDb(throughProxy(urls.reader, toMariaDb));
    mongo = openMongoDb(throughProxy(mongodbUrl, toMongoDb));
    const models = gateway.database.project.domains.flatMap((domain) => domain.models);
    const meter = createFreshness(reader, mongo, models);
    server = await createServer({
      ...gateway.options,
      stores: { live: createLiveStore(reader), mirror: createMirrorStore(mongo) },
      route: createRouter({ meter, mirrorReachable: mongo.isReachable, defaultMaxStalenessMs: 10_000 }),
      metrics: createMetrics(),
    });
  });
  afterAll(async () => {
    await server.close();
    await Promise.all([reader.close(), mongo.close(), toMariaDb.close(), toMongoDb.close()]);
  });
  const three = `{
    live: customerOrders(id: 1 source: LIVE) { customerId name }
    mirror: customerOrders(id: 1 source: MIRROR) { customerId name }
    auto: customerOrders(id: 1) { customerId name }
  }`;
  const outcome = async () => {
    const answer = await ask(server.url, three);
    const sources = answer.extensions?.freshness.map(({ root, source }) => [root, source]);
    const errors = answer.errors?.map((error) => [
      (error as unknown as { path: string[] }).path[0],
      error.extensions.code,
    ]);
    const found = Object.entries(answer.data ?? {}).filter(([, document]) => document !== null);
    return {
      sources: Object.fromEntries(sources ?? []),
      errors: Object.fromEntries(errors ?? []),
      found: found.length,
    };
  };
  const well = { sources: { live: "LIVE", mirror: "MIRROR", auto: "MIRROR" }, errors: {}, found: 3 };

  test("what does not need MongoDB goes on, what needs it fails with a code, and it recovers by itself", async () => {
    expect(await outcome()).toEqual(well);
    await toMongoDb.stop();
    const away = {
      sources: { live: "LIVE", auto: "LIVE" },
      errors: { mirror: "MIRROR_UNAVAILABLE" },
      found: 2,
    };
    await expect.poll(outcome, { timeout: 5000 }).toEqual(away);
    const start = performance.now();
    expect(await outcome()).toEqual(away);
    expect(performance.now() - start).toBeLessThan(1500);
    await toMongoDb.start();
    await expect.poll(outcome, { timeout: 10_000, interval: 200 }).toEqual(well);
  });

  test("what does not need MariaDB goes on, what needs it fails with a code, and it recovers by itself", async () => {
    expect(await outcome()).toEqual(well);
    await toMariaDb.stop();
    const away = {
      sources: { mirror: "MIRROR", auto: "MIRROR" },
      errors: { live: "SOURCE_UNAVAILABLE" },
      found: 2,
    };
    await expect.poll(outcome, { timeout: 5000 }).toMatchObject({ errors: away.errors, found: 2 });
    const start = performance.now();
    await outcome();
    expect(performance.now() - start).toBeLessThan(1500);
    await toMariaDb.start();
    await expect.poll(outcome, { timeout: 10_000, interval: 200 }).toEqual(well);
  });
});
