import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { createProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { withStatementLog } from "../../support/statement-log.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let proxy: TcpProxy;
/** One connection, over a network that can be made bad. */
let reader: MariaDb;
let writer: MariaDb;
const servers: Server[] = [];
const LIMIT_MS = 400;

beforeAll(async () => {
  gateway = await openTestGateway();
  const { urls, mariadbUrl } = gateway.database;
  proxy = await openTcpProxy(Number(new URL(mariadbUrl).port || 3306));
  const through = (url: string) => Object.assign(new URL(url), { host: `127.0.0.1:${proxy.port}` }).href;
  reader = openMariaDb(through(urls.reader), { size: 1 });
  writer = openMariaDb(through(urls.writer), { size: 1, callsProcedures: true });
});
afterEach(async () => {
  proxy.open();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(async () => {
  proxy?.open();
  await Promise.all([reader?.close(), writer?.close()]);
  await proxy?.close();
  await gateway?.close();
});

async function serve(timeoutMs: number): Promise<Server> {
  const { mongo, project } = gateway.database;
  const models = project.domains.flatMap((domain) => domain.models);
  const server = await createServer({
    ...gateway.options,
    stores: { ...gateway.options.stores, live: createLiveStore(reader) },
    route: createRouter({
      meter: createFreshness(reader, mongo, models),
      mirrorReachable: mongo.isReachable,
      defaultMaxStalenessMs: 10_000,
    }),
    procedures: createProcedureCaller(writer, {}),
    timeoutMs,
    metrics: createMetrics(),
  });
  servers.push(server);
  return server;
}

const future = Buffer.from("999999999.00000000-0000-0000-0000-000000000000").toString("base64url");
const questions = [
  ["one document", "{ customerOrders(id: 1 source: LIVE) { customerId } }"],
  ["a page", "{ customerOrdersConnection(source: LIVE) { nodes { customerId } totalCount } }"],
  ["a cube", "{ sales(groupBy: [STATE] source: LIVE) { state revenue } }"],
  ["a moment of the past", `{ customerOrders(id: 1 asOf: "2001-01-01T00:00:00Z") { customerId } }`],
  ["a history", "{ customerOrdersHistory(id: 1) { nodes { validFrom } } }"],
  ["the age of the mirror", "{ customerOrders(id: 1) { customerId } }"],
  ["a write to be seen", `{ customerOrders(id: 1 afterWrite: "${future}") { customerId } }`],
  ["a report", `{ salesReport(from: "2001-01-01", to: "2001-02-01") { totalAmount } }`],
  ["a mutation", `mutation { updatePrice(productId: 1 price: "1.00") { token } }`],
] as const;

/** Keeps the only connection of both pools busy until `release` is called. */
async function fillPools(): Promise<{ release(): Promise<void> }> {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = [reader, writer].map((pool) => pool.withConnection(() => until));
  await expect.poll(() => reader.usage().inUse + writer.usage().inUse).toBe(2);
  return {
    async release() {
      release();
      await Promise.all(held);
      await expect.poll(() => reader.usage().inUse + writer.usage().inUse).toBe(0);
      await wait(200);
    },
  };
}

/** Everything that both accounts told the server, except what opens a connection or asks for a mirror's age. */
const ofRequests = (sent: readonly string[]) =>
  sent.filter(
    (sql) =>
      !/^set\s+collation_connection|^do get_lock\(concat\(.vitrine_thread_|vitrine_(?:state|captured_table)|^SET\b.*NAMES/is.test(
        sql,
      ),
  );

test("requests whose time is up while no connection is free are answered in time, and nothing starts afterwards", async () => {
  const server = await serve(LIMIT_MS);
  const pools = await fillPools();
  const { admin, urls } = gateway.database;
  await withStatementLog(admin, async (log) => {
    const before = [...(await log.sentBy(urls.reader)), ...(await log.sentBy(urls.writer))].length;
    const asked = await Promise.all(
      questions.map(async ([name, query]) => {
        const started = performance.now();
        const { errors } = await ask(server.url, query);
        return { name, code: errors?.[0]?.extensions.code, isLate: performance.now() - started > 2200 };
      }),
    );
    await pools.release();
    const after = [...(await log.sentBy(urls.reader)), ...(await log.sentBy(urls.writer))];
    expect(ofRequests(after.slice(before))).toEqual([]);
    for (const { name, code, isLate } of asked)
      expect([name, code, isLate]).toEqual([name, "QUERY_TIMEOUT", false]);
  });
});

test("requests whose clients leave while no connection is free run nothing", async () => {
  const server = await serve(30_000);
  const pools = await fillPools();
  const { admin, urls } = gateway.database;
  await withStatementLog(admin, async (log) => {
    const before = [...(await log.sentBy(urls.reader)), ...(await log.sentBy(urls.writer))].length;
    const gone = new AbortController();
    const requests = questions.map(([, query]) =>
      fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
        signal: gone.signal,
      }).catch(() => undefined),
    );
    await expect.poll(() => reader.usage().waiting).toBeGreaterThan(5);
    await expect.poll(() => writer.usage().waiting).toBe(2);
    gone.abort();
    await Promise.all(requests);
    // Somebody else may still wait to see how old the mirror is.
    await expect.poll(() => reader.usage().waiting).toBeLessThan(2);
    await expect.poll(() => writer.usage().waiting).toBe(0);
    await pools.release();
    const after = [...(await log.sentBy(urls.reader)), ...(await log.sentBy(urls.writer))];
    expect(ofRequests(after.slice(before))).toEqual([]);
  });
});

test.each(questions)(
  "no statement follows for %s when the answer to one comes after the end of the time",
  async (_name, query) => {
    const server = await serve(LIMIT_MS);
    await reader.query("select 1");
    await writer.query("select 1");
    const { admin, urls } = gateway.database;
    await withStatementLog(admin, async (log) => {
      const started = performance.now();
      proxy.blackHole();
      const { errors } = await ask(server.url, query);
      expect(errors?.[0]?.extensions.code).toBe("QUERY_TIMEOUT");
      expect(performance.now() - started).toBeLessThan(2500);
      // What was on its way arrives now, and is answered.
      const before = [...(await log.sentBy(urls.reader)), ...(await log.sentBy(urls.writer))].length;
      proxy.open();
      await wait(400);
      const after = [...(await log.sentBy(urls.reader)), ...(await log.sentBy(urls.writer))];
      // One statement at most was sent before the end; the look at the mirror's age is shared, and not the request's.
      const sent = ofRequests(after.slice(before)).filter(
        (sql) => !/^(?:kill query|call vitrine_end_statement)/i.test(sql),
      );
      expect(sent.length, sent.join("\n")).toBeLessThan(2);
    });
  },
);

test("a statement may take what is left of the time, not all of it again", async () => {
  const server = await serve(3000);
  const pools = await fillPools();
  const { admin, urls } = gateway.database;
  await withStatementLog(admin, async (log) => {
    const limitsOf = (sent: readonly string[]) =>
      sent.flatMap((sql) => {
        const limit = /max_statement_time = ([\d.]+) for select `customer_id` from `customer_orders`/.exec(
          sql,
        );
        return limit ? [Number(limit[1])] : [];
      });
    const before = limitsOf(await log.sentBy(urls.reader)).length;
    const answer = ask(server.url, "{ customerOrders(id: 1 source: LIVE) { customerId } }");
    await wait(1500);
    await pools.release();
    expect((await answer).errors).toBeUndefined();
    const limits = limitsOf(await log.sentBy(urls.reader)).slice(before);
    expect(limits).toHaveLength(1);
    // All of it again were 3; the request itself may have come late.
    expect(limits[0]).toBeLessThan(2.9);
  });
});

test("a mutation whose client leaves is ended in the database, with a full pool and the writer's rights", async () => {
  const { admin } = gateway.database;
  const server = await serve(30_000);
  await admin.withConnection(async (holder) => {
    await holder.run("start transaction");
    await holder.query("select product_id from mv_product_buyers where product_id = 1 for update");
    const gone = new AbortController();
    const request = fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: questions.at(-1)?.[1] }),
      signal: gone.signal,
    }).catch(() => undefined);
    const waiting = () =>
      admin.query(
        `select 1 from information_schema.processlist
        where db = database() and info like '%mv_product_buyers%for update%' and id <> connection_id()`,
      );
    await expect.poll(waiting).toHaveLength(1);
    gone.abort();
    await request;
    await expect.poll(waiting, { timeout: 5000 }).toEqual([]);
    await holder.run("rollback");
  });
});
