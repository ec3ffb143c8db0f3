import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type AdmissionLimits, createAdmission } from "../../../src/graphql/admission.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(() => gateway?.close());

/** Reads one document by a store that answers when it is let. */
const held = "{ customerOrders(id: 1 source: LIVE) { name } }";
/** Reads another way, and is held by nobody. */
const free = "{ customerOrdersConnection(first: 1 source: MIRROR) { nodes { name } } }";

/** A server whose live store waits, before it looks for documents by id, until it is let; and how many wait there. */
async function serve(limits: Partial<AdmissionLimits>) {
  let open: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrived = 0;
  const { live, mirror } = gateway.options.stores;
  const metrics = createMetrics();
  const all = { atOnce: 1, costAtOnce: 400_000, maxWaiting: 1, maxWaitMs: 60_000, ...limits };
  const findByIds: typeof live.findByIds = async (...asked) => {
    arrived += 1;
    await isOpen;
    return live.findByIds(...asked);
  };
  const server = await createServer({
    ...gateway.options,
    stores: { mirror, live: { ...live, findByIds } },
    metrics,
    proxies: 1,
    timeoutMs: 600_000, // what is held ends when it is let, and not by itself
    admission: createAdmission(all, metrics.admission),
  });
  opened.push({
    close: async () => {
      open();
      await server.close();
    },
  });
  const count = async (state: "running" | "waiting") => {
    const text = await metrics.registry.metrics();
    return Number(
      new RegExp(`^vitrine_admission_operations\\{state="${state}"\\} (\\d+)$`, "m").exec(text)?.[1],
    );
  };
  return {
    server,
    open,
    arrived: () => arrived,
    until: (state: "running" | "waiting", expected: number) => expect.poll(() => count(state)).toBe(expected),
  };
}

/** One request as a client of this address sends it. */
const post = (
  server: Server,
  query: string,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
) =>
  fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
    ...(signal ? { signal } : {}),
  });

/** A server that has all the work it takes, and one operation that waits. */
async function serveFull() {
  const full = await serve({});
  const under = [ask(full.server.url, held)];
  await full.until("running", 1);
  under.push(ask(full.server.url, free));
  await full.until("waiting", 1);
  return { ...full, under: () => Promise.all(under) };
}

describe("A server that has as much work as it takes", () => {
  test("lets an operation wait until another is done, and its answer is as ever", async () => {
    const { server, open, until, arrived } = await serve({});
    const first = ask(server.url, held);
    await until("running", 1);
    const second = ask(server.url, held);
    await until("waiting", 1);
    expect(arrived()).toBe(1);
    open();
    const [one, other] = await Promise.all([first, second]);
    expect(one.errors).toBeUndefined();
    expect(other.data).toEqual(one.data);
    await until("running", 0);
    expect((await ask(server.url, free)).errors).toBeUndefined();
  });

  test.each([
    ["JSON", {}],
    ["GraphQL's own media type", { accept: "application/graphql-response+json" }],
    ["a file by pages", { accept: "text/csv" }],
  ])("sends more away with 503 and when to come again: %s", async (_what, headers) => {
    const { server, open, under } = await serveFull();
    const query = "{ customerOrdersConnection(first: 2 orderBy: [CUSTOMER_ID_DESC]) { nodes { name } } }";
    const refused = await post(server, query, headers);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
    const { errors } = (await refused.json()) as Awaited<ReturnType<typeof ask>>;
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: "OVERLOADED", retryAfterSeconds: 60 },
    ]);
    open();
    for (const { errors: none } of await under()) expect(none).toBeUndefined();
  });

  test.each([held, "subscription { customerOrdersChanged(ids: [1]) { key } }"])(
    "sends more away over event streams and WebSocket, which stay open for others: %s",
    async (query) => {
      const { server, open, under } = await serveFull();
      const stream = await post(server, query, { accept: "text/event-stream" });
      expect(await stream.text()).toContain('"code":"OVERLOADED"');
      const client = createClient({ url: server.url.replace("http", "ws"), webSocketImpl: WebSocket });
      opened.push({ close: async () => client.dispose() });
      expect((await client.iterate({ query }).next()).value).toMatchObject({
        errors: [{ extensions: { code: "OVERLOADED", retryAfterSeconds: 60 } }],
      });
      open();
      await under();
      const told = client.iterate({ query });
      expect((await told.next()).value).toMatchObject({ data: expect.anything() });
      await told.return?.();
    },
  );

  test("sends away who has waited too long, and counts why", async () => {
    const { server, open } = await serve({ maxWaitMs: 20 });
    const first = ask(server.url, held);
    await wait(5);
    const { errors } = await ask(server.url, free);
    expect(errors?.[0]).toMatchObject({
      message: "The server has as much work as it takes, and this has waited 20 ms. Ask again later.",
      extensions: { code: "OVERLOADED", retryAfterSeconds: 1 },
    });
    expect(await server.registry.metrics()).toContain('vitrine_admission_refused_total{reason="late"} 1');
    open();
    expect((await first).errors).toBeUndefined();
  });

  test("forgets the question of a client that left before its turn came", async () => {
    const { server, open, until, arrived } = await serve({});
    const first = ask(server.url, held);
    await until("running", 1);
    const leaving = new AbortController();
    post(server, held, {}, leaving.signal).catch(() => undefined); // it leaves
    await until("waiting", 1);
    leaving.abort();
    await until("waiting", 0);
    open();
    await first;
    expect((await ask(server.url, free)).errors).toBeUndefined();
    expect(arrived()).toBe(1);
  });

  test("serves a modest client before the rest of a greedy one, whose newest it sends away", async () => {
    const { server, open, until, arrived } = await serve({ maxWaiting: 3 });
    const order: string[] = [];
    const askAs = async (address: string) => {
      const { status } = await post(server, held, { "x-forwarded-for": address });
      order.push(`${address} ${status}`);
    };
    const all = [askAs("192.0.2.1")];
    await until("running", 1);
    for (let n = 1; n <= 3; n += 1) {
      all.push(askAs("192.0.2.1"));
      await until("waiting", n);
    }
    all.push(askAs("198.51.100.7"));
    await expect.poll(() => order).toEqual(["192.0.2.1 503"]);
    expect(arrived()).toBe(1);
    open();
    await Promise.all(all);
    expect(order).toEqual([
      "192.0.2.1 503",
      "192.0.2.1 200",
      "198.51.100.7 200",
      "192.0.2.1 200",
      "192.0.2.1 200",
    ]);
  });
});
