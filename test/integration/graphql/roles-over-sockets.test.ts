import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { createIdentify } from "../../../src/access/identify.ts";
import { revokeKey } from "../../../src/access/keys.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { type Access, claim } from "../../../src/models/access.ts";
import { type Credentials, openRoleGateway, type RoleGateway } from "./role-gateway.ts";

/** What those who stay connected get, and for how long. */
const access: Access = {
  roles: {
    buyer: {
      description: "Who buys.",
      personal: "shown",
      models: { customer_orders: { where: { customerId: { eq: claim("customer_id") } } } },
    },
  },
};

let gateway: RoleGateway;
let ann: Credentials;
beforeAll(async () => {
  gateway = await openRoleGateway(access);
  ann = await gateway.as("buyer", { customer_id: 1 });
});
afterAll(() => gateway?.close());

const addressOf = (url: string) => url.replace("http://", "ws://");

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A socket that has said who it is; what it is told, and how it ends. */
function open(
  payload: unknown,
  headers: Readonly<Record<string, string>> = {},
  url = addressOf(gateway.server.url),
) {
  const socket = new WebSocket(url, "graphql-transport-ws", { headers });
  const messages: { type: string; payload?: unknown }[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(String(data))));
  socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init", payload })));
  const closed = new Promise<Closed>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: String(reason) })),
  );
  return { socket, messages, closed };
}

const subscribe = (query: string) => JSON.stringify({ id: "1", type: "subscribe", payload: { query } });

test("a socket is of whoever its first message names, or the request that opened it", async () => {
  for (const [payload, headers] of [
    [{ authorization: ann.authorization }, {}],
    [undefined, ann],
  ] as const) {
    const { socket, messages } = open(payload, headers);
    await expect.poll(() => messages.at(-1)?.type).toBe("connection_ack");
    socket.send(subscribe("{ customerOrdersConnection(source: LIVE) { nodes { customerId } } }"));
    await expect
      .poll(() => messages.find(({ type }) => type === "next"))
      .toMatchObject({
        payload: { data: { customerOrdersConnection: { nodes: [{ customerId: 1 }] } } },
      });
    socket.close();
  }
});

test.each<readonly [string, unknown, Record<string, string>]>([
  ["says nothing", undefined, {}],
  ["says something else", { token: "x" }, {}],
  ["has a key that nobody knows", { authorization: "Bearer nobody" }, {}],
  ["has one of another form", { authorization: "Basic YTpi" }, {}],
  ["has one of a megabyte", { authorization: `Bearer ${"x".repeat(500_000)}` }, {}],
  ["has a list of them", { authorization: ["Bearer x"] }, {}],
  ["is a page of another site with a cookie", undefined, { origin: "http://evil.example", cookie: "COOKIE" }],
  ["is a neighbour's page with a cookie", undefined, { "sec-fetch-site": "same-site", cookie: "COOKIE" }],
])("whoever %s is told nothing but that, and let go", async (_what, payload, headers) => {
  const cookie = await gateway.signIn(ann);
  const own = Object.entries(headers).map(([name, value]) => [name, value.replace("COOKIE", cookie)]);
  const { closed, messages, socket } = open(payload, Object.fromEntries(own));
  const refused = new Promise<Closed>((resolve) =>
    socket.once("unexpected-response", (_request, response) =>
      resolve({ code: response.statusCode ?? 0, reason: "" }),
    ),
  );
  socket.on("error", () => undefined);
  expect([4403, 403]).toContain((await Promise.race([closed, refused])).code);
  expect(messages).toEqual([]);
});

test("the log tells whom a socket was refused, and not the key", async () => {
  await open({ authorization: "Bearer stolen" }).closed;
  const refused = { msg: "not let in", code: "UNAUTHENTICATED", address: "127.0.0.1", path: "/graphql" };
  expect(gateway.open.log).toContainEqual(expect.objectContaining(refused));
  expect(JSON.stringify(gateway.open.log)).not.toContain("stolen");
});

test("a page of the server itself is known by its cookie", async () => {
  const { origin } = new URL(gateway.server.url);
  const cookie = await gateway.signIn(ann);
  const { socket, messages } = open(undefined, { origin, cookie, "sec-fetch-site": "same-origin" });
  await expect.poll(() => messages.at(-1)?.type).toBe("connection_ack");
  socket.close();
});

test("whoever lacks a claim is told so, and of nothing else", async () => {
  const nobody = await gateway.as("buyer");
  const { socket, messages } = open({ authorization: nobody.authorization });
  await expect.poll(() => messages.at(-1)?.type).toBe("connection_ack");
  socket.send(subscribe("{ customerOrdersConnection { totalCount } }"));
  await expect.poll(() => messages.at(-1)).toMatchObject({ type: "error" });
  expect(JSON.stringify(messages.at(-1))).toMatch(/FORBIDDEN.*|customer_id/);
  socket.close();
});

test("a subscription shows documents of the rule, and what leaves it as gone", async () => {
  const { admin } = gateway.open.database;
  const client = createClient({
    url: addressOf(gateway.server.url),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: ann.authorization },
    retryAttempts: 0,
  });
  const events: unknown[] = [];
  const end = client.subscribe(
    { query: "subscription { customerOrdersChanged(ids: [1, 2]) { key document { customerId } } }" },
    {
      next: ({ data }) => events.push(data),
      error: (error) => events.push(error),
      complete: () => undefined,
    },
  );
  await expect.poll(() => events).toHaveLength(2);
  expect(events).toEqual(
    expect.arrayContaining([
      { customerOrdersChanged: { key: "1", document: { customerId: 1 } } },
      { customerOrdersChanged: { key: "2", document: null } },
    ]),
  );
  expect(await admin.query("select 1 as one")).toHaveLength(1);
  end();
  await client.dispose();
});

/** A server whose tokens hold for so long, and stand for what is told. */
async function withShortTokens(ms: number, claims: () => Readonly<Record<string, unknown>>) {
  const expiresAt = Date.now() + ms;
  const identify = createIdentify(
    async () => ({ name: "ann", role: "buyer", claims: claims(), expiresAt }),
    new Set(["buyer"]),
  );
  const { options } = gateway.open;
  const { openRole } = gateway;
  return createServer({ ...options, metrics: createMetrics(), identify, openRole });
}

/** What comes of an event stream until it breaks off. */
async function followStream(url: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", ...ann },
    body: JSON.stringify({ query: follow }),
  });
  expect(response.status).toBe(200);
  let text = "";
  const reading = (async () => {
    for await (const part of response.body ?? []) text += Buffer.from(part as Uint8Array).toString();
  })();
  await expect(reading).rejects.toThrow();
  return text;
}

const follow = "subscription { customerOrdersChanged(ids: [1]) { key } }";

test("a socket ends when its token does, whatever it follows", async () => {
  const server = await withShortTokens(6000, () => ({ customer_id: 1 }));
  const { socket, messages, closed } = open(ann, {}, addressOf(server.url));
  await expect.poll(() => messages.at(-1)?.type).toBe("connection_ack");
  socket.send(subscribe(follow));
  await expect.poll(() => messages.filter(({ type }) => type === "next").length).toBe(1);
  expect(await closed).toEqual({ code: 4403, reason: "The token has ended." });
  await server.close();
});

test("so does an event stream", async () => {
  const server = await withShortTokens(6000, () => ({ customer_id: 1 }));
  expect(await followStream(server.url)).toContain("customerOrdersChanged");
  await server.close();
});

test("an event stream ends when its token stands for something else", async () => {
  let isLate = false;
  const server = await withShortTokens(600_000, () => ({ customer_id: isLate ? 2 : 1 }));
  const ended = followStream(server.url);
  setTimeout(() => {
    isLate = true;
  }, 1000);
  await ended;
  await server.close();
});

test("a socket whose key is revoked ends within seconds", async () => {
  const headers = await gateway.as("buyer", { customer_id: 1 }, { name: "gone" });
  const { messages, closed } = open({ authorization: headers.authorization });
  await expect.poll(() => messages.at(-1)?.type).toBe("connection_ack");
  await revokeKey(gateway.keysFile, "gone");
  expect(await closed).toMatchObject({ code: 4403 });
});
