import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let base: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  base = gateway.server.url.replace("/graphql", "");
});
afterAll(() => gateway?.close());

/** A query that MariaDB works on until it is killed. */
const slow = "{ customerOrdersConnection(source: LIVE) { totalCount } }";
/** The live store with a view that sleeps in front of each count. */
const slowly = (seconds: number) => {
  const { live, mirror } = gateway.options.stores;
  const { reader } = gateway.database;
  return {
    mirror,
    live: {
      ...live,
      count: async (...[model, where, options]: Parameters<typeof live.count>) => {
        await reader.withConnection(async (connection) => {
          const kill = () => void reader.query(`kill query ${connection.raw.threadId}`);
          options?.signal?.addEventListener("abort", kill, { once: true });
          await connection.query("select sleep(?) as slow_count", [seconds]);
        });
        return live.count(model, where, options);
      },
    },
  };
};

/** How many of these run in the database. */
const running = async () =>
  (await gateway.database.admin.query("show processlist")).filter((row) =>
    String(row.Info).includes("slow_count"),
  ).length;

describe("Beside the endpoint", () => {
  test("/healthz, /readyz and /metrics tell how the server is", async () => {
    expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    await gateway.ask("query Named { customerOrders(id: 1 source: LIVE) { name } }");
    await gateway.ask("query Wrong { customerOrders(id: x) { name } }");
    await gateway.ask('query Bad { customerOrders(id: "x") { name } }');
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toContain('vitrine_graphql_operation_seconds_count{operation="Named",outcome="ok"} 1');
    expect(text).toContain('vitrine_graphql_operation_seconds_count{operation="Bad",outcome="error"} 1');
    expect(text).toContain('vitrine_graphql_reads_total{model="customer_orders",store="live"}');
    expect(text).toContain('vitrine_mirror_lag_seconds{model="customer_orders"} 0');
    expect(text).toContain('vitrine_mariadb_pool_connections{state="in_use"} 0');
    expect(text).toContain('vitrine_graphql_errors_total{code="BAD_INPUT"}');
  });

  test("/readyz says why the server is not ready", async () => {
    const readiness = async () => "customer_orders is being rebuilt";
    const server = await createServer({ ...gateway.options, metrics: createMetrics(), readiness });
    const response = await fetch(server.url.replace("/graphql", "/readyz"));
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: "not ready",
      reason: "customer_orders is being rebuilt",
    });
    await server.close();
  });

  test("every answer has a request id, which its log line has too, with the operation and the codes", async () => {
    const response = await fetch(gateway.server.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: 'query Logged { customerOrders(id: "x") { name } }' }),
    });
    await response.text();
    await expect
      .poll(() => gateway.log.find((line) => line.requestId === response.headers.get("x-request-id")))
      .toMatchObject({ level: "info", msg: "answered", operation: "Logged", codes: ["BAD_INPUT"] });
  });
});

describe("GraphiQL", () => {
  const open = (headers: Record<string, string> = {}) =>
    fetch(gateway.server.url, { headers: { accept: "text/html", ...headers } });

  test("is served compressed, revalidated by its hash, and may load nothing from outside", async () => {
    const response = await open();
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(Number(response.headers.get("content-length"))).toBeLessThan(30_000);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await response.text()).toContain("CustomersOfAState");
    const again = await open({ "if-none-match": response.headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
  });

  test("has a start page before it for browsers; a program is sent to the endpoint", async () => {
    const root = new URL("/", gateway.server.url);
    const home = await fetch(root, { headers: { accept: "text/html" } });
    expect(home.status).toBe(200);
    expect(await home.text()).toContain('"path":"/graphql"');
    const program = await fetch(root, { redirect: "manual", headers: { accept: "application/json" } });
    expect([program.status, program.headers.get("location")]).toEqual([302, "/graphql"]);
  });
});

test("a link with a query of 100 KB is refused by a sentence that names the other ways", async () => {
  const link = `${gateway.server.url}?query=${"x".repeat(100_000)}`;
  const response = await fetch(link, { headers: { accept: "text/html" } });
  expect(response.status).toBe(431);
  expect(await response.json()).toMatchObject({
    errors: [{ message: expect.stringContaining("behind #"), extensions: { code: "USAGE" } }],
  });
});

describe("A foreign site", () => {
  test("cannot post a form, nor read an answer", async () => {
    for (const type of [
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data; boundary=x",
    ]) {
      const response = await fetch(gateway.server.url, {
        method: "POST",
        headers: { "content-type": type },
        body: "query={__typename}",
      });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "QUERY_INVALID" } }] });
    }
    const response = await fetch(`${gateway.server.url}?query={__typename}`, {
      headers: { origin: "https://x.test" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("is told when a body is too large or no JSON", async () => {
    const post = async (body: string) => {
      const response = await fetch(gateway.server.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      return [response.status, (await response.json()) as unknown];
    };
    expect(await post(`{"query":"${"x".repeat(1_100_000)}"}`)).toMatchObject([
      413,
      { errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] },
    ]);
    expect(await post("{")).toMatchObject([400, { errors: [{ extensions: { code: "QUERY_INVALID" } }] }]);
  });
});

describe("A query that takes too long", () => {
  test("is answered with QUERY_TIMEOUT and cancelled in the database; other root fields are answered", async () => {
    const server = await createServer({
      ...gateway.options,
      stores: slowly(60),
      timeoutMs: 1000,
      metrics: createMetrics(),
    });
    const start = performance.now();
    const answer = await ask(
      server.url,
      `{ customerOrders(id: 1 source: LIVE) { customerId } slow: ${slow.slice(1)}`,
    );
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(answer.errors?.[0]?.extensions.code).toBe("QUERY_TIMEOUT");
    expect(answer.data).toEqual({ customerOrders: { customerId: 1 }, slow: null });
    await expect.poll(running).toBe(0);
    await server.close();
  });

  test("is cancelled in the database when its client goes away", async () => {
    const server = await createServer({ ...gateway.options, stores: slowly(60), metrics: createMetrics() });
    const gone = new AbortController();
    const request = fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: slow }),
      signal: gone.signal,
    });
    await expect.poll(running).toBe(1);
    gone.abort();
    await expect(request).rejects.toThrow();
    await expect.poll(running).toBe(0);
    await server.close();
  });
});

describe("Shutting down", () => {
  test("lets a request under way finish and takes no more", async () => {
    const server = await createServer({ ...gateway.options, stores: slowly(3), metrics: createMetrics() });
    const answer = ask(server.url, slow);
    await expect.poll(running).toBe(1);
    const start = performance.now();
    const closing = server.close();
    await expect(ask(server.url, slow)).rejects.toThrow();
    expect((await answer).data).toHaveProperty("customerOrdersConnection.totalCount");
    await closing;
    expect(performance.now() - start).toBeLessThan(8000);
  });

  test("a taken port is refused with a sentence", async () => {
    await expect(createServer({ ...gateway.options, port: gateway.server.port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
    });
  });
});
