import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/graphql/server.ts";
import { type Answer, ask, openTestGateway, type TestGateway } from "./gateway.ts";
import { valuesOf } from "./values-of.ts";

let gateway: TestGateway;
const servers: Server[] = [];
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => gateway?.close());

async function serve(changes: Partial<ServerOptions>): Promise<Server> {
  const limits = { ...gateway.options.limits, maxCost: Number.POSITIVE_INFINITY, maxDepth: 40 };
  const server = await createServer({ ...gateway.options, limits, metrics: createMetrics(), ...changes });
  servers.push(server);
  return server;
}

describe("One request", () => {
  const BUYERS = 3000;
  const buyersOf = (first: number) =>
    `{ productBuyersConnection(first: ${first} source: MIRROR) { nodes { productId name buyers { customerId name } } } }`;
  beforeAll(async () => {
    const { mongo } = gateway.database;
    const buyers = Array.from({ length: BUYERS }, (_, n) => ({ customerId: n + 1, name: `Buyer ${n}` }));
    const products = mongo.db.collection<Record<string, unknown>>("product_buyers");
    const some = await products
      .find({ _del: { $exists: false } })
      .sort({ _id: 1 })
      .limit(60)
      .toArray();
    const ids = some.map(({ _id }) => _id as never);
    await products.updateMany({ _id: { $in: ids } }, { $set: { buyers: buyers as never } });
  });

  test("leaves the event loop to others, however large its answer", async () => {
    const server = await serve({
      timeoutMs: 60_000,
      answer: { maxValues: 5_000_000, maxBytes: 64_000_000 },
    });
    await ask(server.url, buyersOf(1)); // compiled before it is measured
    let body: ArrayBuffer | undefined;
    const healthy: number[] = [];
    const asking = fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: buyersOf(60) }),
    }).then(async (response) => {
      body = await response.arrayBuffer();
    });
    while (!body) healthy.push((await fetch(server.url.replace("/graphql", "/healthz"))).status);
    await asking;
    const answer = JSON.parse(Buffer.from(body ?? new ArrayBuffer(0)).toString("utf8")) as Answer;
    expect(answer.errors).toBeUndefined();
    expect(valuesOf(answer.data)).toBeGreaterThan(120 * BUYERS);
    expect(healthy.length).toBeGreaterThan(3);
    expect(new Set(healthy)).toEqual(new Set([200]));
    // How long others had no turn is what check-event-loop.ts fails every test for.
  });

  test.each([
    ["values", { maxValues: 30_000, maxBytes: 64_000_000 }],
    ["bytes", { maxValues: 1_000_000, maxBytes: 300_000 }],
  ])("whose answer has too many %s gets one error and no data", async (what, answer) => {
    const server = await serve({ answer });
    const { data, errors } = await ask(server.url, buyersOf(20));
    expect(data ?? null).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(`more than ${what === "values" ? 30_000 : 300_000} ${what}`),
      extensions: { code: "LIMIT_EXCEEDED" },
    });
    // The next one is counted anew.
    expect((await ask(server.url, "{ customerOrders(id: 1) { customerId } }")).errors).toBeUndefined();
  });

  test("whose mutation is committed keeps the token of it when what it leads to outgrows the answer", async () => {
    const server = await serve({ answer: { maxValues: 4, maxBytes: 64_000_000 } });
    const { data, errors } = await ask(
      server.url,
      'mutation { updatePrice(productId: 1, price: "7.77") { token currentPrice product { name buyers { name } } } }',
    );
    expect(data?.updatePrice).toMatchObject({ token: expect.any(String), currentPrice: "7.77" });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["LIMIT_EXCEEDED"]);
  });

  test("is ended by its time also while its answer is put together", async () => {
    const server = await serve({ timeoutMs: 100, answer: { maxValues: 100_000_000, maxBytes: 500_000_000 } });
    const deep = `{ ${Array.from({ length: 25 }, (_, n) => `p${n}: productBuyersConnection(first: 1 source: MIRROR) { nodes { buyers { customerId name } } }`).join(" ")} }`;
    const started = performance.now();
    const { errors } = await ask(server.url, deep);
    expect(errors?.[0]?.extensions.code).toBe("QUERY_TIMEOUT");
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("may not hide a page in a variable, a default or a list", async () => {
    const server = await serve({ limits: gateway.options.limits });
    for (const [query, variables] of [
      [
        "query($n: Int = 500) { productBuyersConnection(first: $n) { nodes { buyers { customerId name } } } }",
        {},
      ],
      [
        "query($n: Int) { productBuyersConnection(first: $n) { nodes { buyers { customerId name } } } }",
        { n: 500.0 },
      ],
      [
        "{ orderDetailsConnection(first: 500) { nodes { items { product { buyers { customer { name } } } } } } }",
        {},
      ],
      [
        "{ sales(groupBy: [CUSTOMER] first: 10000) { customerDocument { orders { items { name quantity unitPrice } } } } }",
        {},
      ],
    ] as const) {
      const { errors } = await ask(server.url, query, variables);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["LIMIT_EXCEEDED"]);
      expect(errors?.[0]?.message).toMatch(/^The query costs \d+; at most/);
    }
  });
});
