import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { distrustMirrorOf } from "../../../src/core/rebuild.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let toMongoDb: TcpProxy;
let mongo: MongoDb;
let server: Server;
beforeAll(async () => {
  gateway = await openTestGateway();
  const { mongodbUrl, reader, project } = gateway.database;
  toMongoDb = await openTcpProxy(Number(new URL(mongodbUrl).port));
  mongo = openMongoDb(Object.assign(new URL(mongodbUrl), { port: toMongoDb.port }).href);
  const models = project.domains.flatMap((domain) => domain.models);
  server = await createServer({
    ...gateway.options,
    stores: { ...gateway.options.stores, mirror: createMirrorStore(mongo) },
    route: createRouter({
      meter: createFreshness(reader, mongo, models),
      mirrorReachable: mongo.isReachable,
      defaultMaxStalenessMs: 10_000,
    }),
    timeoutMs: 4000,
  });
});
afterEach(() => toMongoDb.open());
afterAll(async () => {
  await server?.close();
  await Promise.all([mongo?.close(), toMongoDb?.close()]);
  await gateway?.close();
});

/** Asks while MongoDB takes longer than any limit: it takes the question, and its answer does not come. */
async function whileSlow(query: string) {
  await mongo.db.command({ ping: 1 }); // so that the driver has a connection to ask on
  toMongoDb.blackHole();
  const started = performance.now();
  const answer = await ask(server.url, query);
  toMongoDb.open();
  return { answer, ms: performance.now() - started };
}
// No roll-up tells zips apart.
const byZip = (source: string) => `{ sales(groupBy: [ZIP] source: ${source}) { zip revenue } }`;

test("a cube that takes too long in the mirror is answered live, and the answer says so", async () => {
  const live = await ask(server.url, byZip("LIVE"));
  const { answer } = await whileSlow(byZip("AUTO"));
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toEqual(live.data);
  expect(answer.extensions?.freshness).toEqual([
    expect.objectContaining({ model: "sales", source: "LIVE", position: null }),
  ]);
});

test("the same question then goes live at once, whatever its values are; others try the mirror", async () => {
  const inState = (state: string) =>
    `{ sales(groupBy: [CITY] where: { state: { eq: "${state}" } }) { city revenue } }`;
  const { ms } = await whileSlow(inState("TX"));
  expect(ms).toBeGreaterThan(1900);
  const again = await whileSlow(inState("CA"));
  expect(again.answer.extensions?.freshness).toEqual([expect.objectContaining({ source: "LIVE" })]);
  expect(again.ms).toBeLessThan(1800);
  const other = await ask(server.url, "{ sales(groupBy: [ZIP, STATUS]) { zip status revenue } }");
  expect(other.extensions?.freshness).toEqual([expect.objectContaining({ source: "MIRROR" })]);
});

test("a cube that takes too long in the mirror is refused with a remedy when MIRROR is asked for", async () => {
  const { answer } = await whileSlow(byZip("MIRROR"));
  expect(answer.data ?? null).toBeNull();
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: "QUERY_TIMEOUT",
    model: "sales",
    source: "MIRROR",
  });
  expect(answer.errors?.[0]?.message).toMatch(/mirror.*where.*LIVE/s);
});

test("a question that went live is asked of the mirror all the same when MIRROR is asked for", async () => {
  await whileSlow(byZip("AUTO"));
  const answer = await ask(server.url, byZip("MIRROR"));
  expect(answer.extensions?.freshness).toEqual([expect.objectContaining({ source: "MIRROR" })]);
});

test("what a roll-up covers is asked of it, and of the facts in MariaDB when that takes too long", async () => {
  const byState = (source: string) => `{ sales(groupBy: [STATE] source: ${source}) { state revenue } }`;
  const rollUp = "sales_by_placed_on_month_state_status";
  const quick = await ask(server.url, byState("AUTO"));
  expect(quick.extensions?.freshness).toEqual([
    expect.objectContaining({ model: rollUp, source: "MIRROR", position: expect.stringMatching(/^\d+$/) }),
  ]);
  const { answer, ms } = await whileSlow(byState("AUTO"));
  expect(ms).toBeGreaterThan(1900);
  expect(answer.extensions?.freshness).toEqual([expect.objectContaining({ model: "sales", source: "LIVE" })]);
  expect(answer.data).toEqual(quick.data);
  const again = await whileSlow(byState("AUTO"));
  expect(again.answer.data).toEqual(quick.data);
  expect(again.ms).toBeLessThan(1800);
});

test("the age of a roll-up is its own: too old a one is passed over, and so is one that lacks a write", async () => {
  const { admin } = gateway.database;
  const ask = (args: string) => gateway.ask(`{ sales(groupBy: [PRODUCT] ${args}) { product revenue } }`);
  expect((await ask("")).extensions?.freshness).toEqual([
    expect.objectContaining({ model: "sales_by_product_id", source: "MIRROR" }),
  ]);
  // Nobody follows: from now on the mirror of what reads it lags.
  await admin.run("update orderline set unit_price = unit_price + 1 order by order_id limit 1");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const late = await ask("maxStaleness: 50");
  expect(late.extensions?.freshness).toEqual([expect.objectContaining({ model: "sales", source: "LIVE" })]);
  const refused = await ask("maxStaleness: 50 source: MIRROR");
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "MIRROR_UNAVAILABLE", model: "sales" });
  const [row] = await admin.query<{ n: string; life: string }>(
    "select n + 1 as n, incarnation as life from vitrine_position",
  );
  const token = Buffer.from(`${row?.n}.${row?.life}`, "latin1").toString("base64url");
  const shown = await ask(`afterWrite: "${token}"`);
  expect(shown.extensions?.freshness).toEqual([expect.objectContaining({ model: "sales", source: "LIVE" })]);
  expect(shown.data).toEqual(late.data);
  await distrustMirrorOf(admin, ["sales_by_product_id"]);
  // A look at the state is shared for a tenth of a second.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const other = await ask("source: MIRROR");
  expect(other.extensions?.freshness).toEqual([
    expect.objectContaining({ model: "sales", source: "MIRROR" }),
  ]);
});
