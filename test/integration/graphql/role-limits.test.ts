import { createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { OPERATION_COST } from "../../../src/graphql/fair-shares.ts";
import { limitRole } from "../../../src/graphql/limit-role.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import type { RoleLimits } from "../../../src/models/role-limits.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
const opened: (() => Promise<void>)[] = [];
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => gateway?.close());

/** A server for one role with these limits; a header says who of the role asks. */
async function serve(limits: RoleLimits): Promise<string> {
  const server = await createServer({
    ...limitRole({ ...gateway.options, metrics: createMetrics() }, "customer", limits),
    identify: async ({ headers }) => ({
      name: String(headers["x-name"] ?? "ada"),
      role: "customer",
      claims: {},
      expiresAt: null,
    }),
  });
  opened.push(() => server.close());
  return server.url;
}

/** Costs 103: the field and its statement, its nodes, and what is asked of one. */
const small = "{ customerOrdersConnection(first: 1) { nodes { name } } }";
const costOfSmall = 103 + OPERATION_COST;
const codesOf = ({ errors }: Awaited<ReturnType<typeof ask>>) =>
  errors?.map(({ extensions }) => extensions.code);
const fetchFile = (url: string, path: string, accept = "*/*") =>
  fetch(url.replace("/graphql", path), { headers: { accept } });

describe("A role that may ask for so much in a minute", () => {
  test("is told when to ask again, each of it for itself, and what was refused is not counted", async () => {
    const url = await serve({ costPerMinute: 2 * costOfSmall + 10 });
    expect(codesOf(await ask(url, small))).toBeUndefined();
    const refused = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ customerOrdersConnection(first: 20) { nodes { name city } } }" }),
    });
    expect(refused.status).toBe(503);
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(((await refused.json()) as Awaited<ReturnType<typeof ask>>).errors?.[0]).toMatchObject({
      message: expect.stringMatching(
        /^The role customer may ask for 716 of cost per minute\. Ask again in \d+ seconds\.$/,
      ),
      extensions: { code: "OVERLOADED", retryAfterSeconds: seconds },
    });
    expect(codesOf(await ask(url, small))).toBeUndefined();
    expect(codesOf(await ask(url, small))).toEqual(["OVERLOADED"]);
    expect(codesOf(await ask(url, small, {}, { "x-name": "bob" }))).toBeUndefined();
  });

  test("is refused what would never fit, with the cost that it has", async () => {
    const url = await serve({ costPerMinute: 300 });
    const { errors } = await ask(url, "{ customerOrdersConnection(first: 100) { nodes { name } } }");
    expect(errors?.[0]).toMatchObject({
      message:
        "The role customer may ask for 300 of cost per minute, and this operation costs 551. Ask for smaller pages or fewer fields.",
      extensions: { code: "LIMIT_EXCEEDED" },
    });
  });

  test("has one minute for all roads: event streams, WebSocket, files by pages, plain files and exports", async () => {
    const url = await serve({ costPerMinute: 5 * costOfSmall });
    const roads = [
      async () => (await fetchFile(url, "/export/customer_orders.csv")).status,
      async () => (await fetchFile(url, `/graphql?query=${encodeURIComponent(small)}`, "text/csv")).status,
      async () => {
        const paged = encodeURIComponent(
          "{ customerOrdersConnection(first: 1 orderBy: [CUSTOMER_ID_DESC]) { nodes { name } } }",
        );
        return (await fetchFile(url, `/graphql?query=${paged}`, "text/csv")).status;
      },
      async () => {
        const stream = await fetchFile(
          url,
          `/graphql?query=${encodeURIComponent(small)}`,
          "text/event-stream",
        );
        return (await stream.text()).includes('"OVERLOADED"') ? 503 : 200;
      },
      async () => {
        const client = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket });
        opened.push(async () => client.dispose());
        const { value } = await client.iterate({ query: small }).next();
        return value.errors?.[0]?.extensions?.code === "OVERLOADED" ? 503 : 200;
      },
    ];
    for (let n = 0; n < 5; n += 1) expect(codesOf(await ask(url, small))).toBeUndefined();
    const statuses: number[] = [];
    for (const road of roads) statuses.push(await road());
    expect(statuses).toEqual(roads.map(() => 503));
  });
});

describe("A role that may have so many subscriptions", () => {
  test("may have another when one has ended, over whatever connection, each of it for itself", async () => {
    const url = await serve({ subscriptions: 1 });
    const query = "subscription { customerOrdersChanged(ids: [1]) { key } }";
    const connect = () => {
      const client = createClient({
        url: url.replace("http", "ws"),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      opened.push(async () => client.dispose());
      return client;
    };
    const first = connect().iterate({ query });
    expect((await first.next()).value).toMatchObject({ data: expect.anything() });
    const other = connect();
    expect((await other.iterate({ query }).next()).value.errors).toMatchObject([
      {
        message: "The role customer may have 1 subscriptions open at a time. End one of them first.",
        extensions: { code: "LIMIT_EXCEEDED" },
      },
    ]);
    // What is asked once is none.
    expect((await other.iterate({ query: small }).next()).value.errors).toBeUndefined();
    await first.return?.();
    await expect.poll(async () => (await other.iterate({ query }).next()).value.errors).toBeUndefined();
  });
});

describe("A role that may ask for pages of so many, and so deep", () => {
  test.each([
    ["{ customerOrdersConnection(first: 6) { nodes { name } } }", "customerOrdersConnection: 6 rows"],
    ["{ customerOrdersConnection(last: 6) { nodes { name } } }", "customerOrdersConnection: 6 rows"],
    ["{ customerOrdersConnection { nodes { name } } }", "customerOrdersConnection: 20 rows"],
    ["query($n: Int = 7) { sales(groupBy: [STATE] first: $n) { state } }", "sales: 7 rows"],
    ["{ sales(groupBy: [STATE] first: 1) { facts(first: 9) { nodes { orderId } } } }", "facts: 9 rows"],
  ])("is refused a larger page, told or not: %s", async (query, message) => {
    const url = await serve({ first: 5 });
    expect((await ask(url, query)).errors?.[0]).toMatchObject({
      message: `${message} are asked for, and at most 5 are allowed. Say first: 5.`,
      extensions: { code: "LIMIT_EXCEEDED" },
    });
  });

  test("gets pages within, lists in documents, and files in pages of so many", async () => {
    const url = await serve({ first: 5, depth: 4 });
    const { data, errors } = await ask(
      url,
      "{ orderDetailsConnection(first: 5) { nodes { items { name } } } }",
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ orderDetailsConnection: { nodes: { length: 5 } } });
    const paged = encodeURIComponent(
      "{ customerOrdersConnection(first: 12 orderBy: [CUSTOMER_ID_DESC]) { nodes { name } } }",
    );
    const file = await fetchFile(url, `/graphql?query=${paged}`, "text/csv");
    expect((await file.text()).trim().split("\n")).toHaveLength(13);
    const deep = await ask(
      url,
      "{ orderDetailsConnection(first: 1) { nodes { items { product { name } } } } }",
    );
    expect(codesOf(deep)).toEqual(["LIMIT_EXCEEDED"]);
  });
});
