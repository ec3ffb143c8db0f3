import { createHash } from "node:crypto";
import { request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { BatchHttpLink } from "@apollo/client/link/batch-http";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createOriginRule } from "../../../src/monitor/allowed-origins.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

/** What front ends of other sites, and the libraries that they are made with, expect of HTTP. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As it comes over the wire: nothing is decompressed or cached on the way. */
function send(
  url: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  send(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const json = ({ body }: Reply) => JSON.parse(body.toString()) as Record<string, unknown>;
const page = (first: number) =>
  `{ customerOrdersConnection(first: ${first} source: MIRROR) { nodes { customerId name state orders { orderId } } } }`;

describe("Pages of another site", () => {
  const shop = "https://shop.example";
  const open = async (origins: readonly string[]) => {
    const server = await createServer({
      ...gateway.options,
      metrics: createMetrics(),
      origins: createOriginRule(origins),
    });
    onTestFinished(() => server.close());
    return server;
  };
  const preflight = (url: string, origin: string) =>
    send(url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-vitrine-after-write",
      },
    });

  test("that the server was told may send, and read answers and their tags", async () => {
    const { url } = await open([shop]);
    const asked = await preflight(url, shop);
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({ "access-control-allow-origin": shop, vary: "origin" });
    expect(asked.headers["access-control-allow-methods"]).toBe("GET, POST");
    expect(asked.headers["access-control-allow-headers"]).toContain("x-vitrine-after-write");
    expect(asked.headers["access-control-allow-credentials"]).toBeUndefined();
    const answered = await post(url, { query: "{ __typename }" }, { origin: shop });
    expect(answered.headers["access-control-allow-origin"]).toBe(shop);
    expect(answered.headers["access-control-expose-headers"]).toContain("etag");
  });

  test("that it was not told are refused before they send, by a sentence that names the setting", async () => {
    for (const [origins, stranger] of [
      [[], shop],
      [[shop], "https://shop.example.evil.example"],
      [[shop], "http://shop.example"],
      [[shop], "https://shop.example:444"],
      [[shop], "null"],
    ] as const) {
      const { url } = await open(origins);
      const asked = await preflight(url, stranger);
      expect(asked.status).toBe(403);
      expect(asked.body.toString()).toContain("VITRINE_ALLOWED_ORIGINS");
      expect(asked.headers["access-control-allow-origin"]).toBeUndefined();
      const answered = await post(url, { query: "{ __typename }" }, { origin: stranger });
      expect(answered.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  test("may be any where the setting says *, and open sockets by the same rule", async () => {
    const opens = (url: string, origin: string) =>
      new Promise<boolean | number>((resolve) => {
        const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws", {
          headers: { origin },
        });
        socket.once("error", () => resolve(false));
        socket.once("unexpected-response", (_request, response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        socket.once("open", () => {
          socket.terminate();
          resolve(true);
        });
      });
    const [any, one] = [await open(["*"]), await open([shop])];
    expect((await preflight(any.url, "https://x.example")).status).toBe(204);
    expect(await opens(any.url, "https://x.example")).toBe(true);
    expect(await opens(one.url, shop)).toBe(true);
    expect(await opens(one.url, "https://x.example")).toBe(403);
  });
});

describe("An answer", () => {
  test("is compressed as the client takes it, in both media types and by GET, and says so to caches", async () => {
    const url = gateway.server.url;
    const plain = await post(url, { query: page(50) });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const { data } = json(plain);
    for (const [encoding, unpack] of [
      ["br", brotliDecompressSync],
      ["gzip", gunzipSync],
    ] as const)
      for (const accept of ["application/json", "application/graphql-response+json"]) {
        const headers = { "accept-encoding": encoding, accept };
        for (const reply of [
          await post(url, { query: page(50) }, headers),
          await send(`${url}?query=${encodeURIComponent(page(50))}`, { headers }),
        ]) {
          expect(reply.headers["content-encoding"]).toBe(encoding);
          expect(String(reply.headers.vary).toLowerCase()).toContain("accept-encoding");
          expect(reply.body.length).toBeLessThan(plain.body.length / 3);
          expect(JSON.parse(unpack(reply.body).toString()).data).toEqual(data);
        }
      }
  });

  test("that is small, or that the client wants as it is, is not", async () => {
    const headers = { "accept-encoding": "gzip, br" };
    expect(
      (await post(gateway.server.url, { query: page(1) }, headers)).headers["content-encoding"],
    ).toBeUndefined();
    const identity = { "accept-encoding": "identity" };
    const large = await post(gateway.server.url, { query: page(50) }, identity);
    expect(large.headers["content-encoding"]).toBeUndefined();
  });
});

describe("A persisted query", () => {
  const query = "query Persisted { customerOrders(id: 1) { name } }";
  const sha256Hash = createHash("sha256").update(query).digest("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const address = (given: Readonly<Record<string, unknown>>) => {
    const texts = Object.entries(given).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return `${gateway.server.url}?${new URLSearchParams(Object.fromEntries(texts) as Record<string, string>)}`;
  };

  test("is asked for by its hash, by GET and by POST, once it was sent with its text", async () => {
    const unknown = await send(address({ extensions }));
    expect(json(unknown)).toMatchObject({
      errors: [{ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
    });
    const told = json(await post(gateway.server.url, { query, extensions }));
    expect(told.data).toMatchObject({ customerOrders: { name: expect.any(String) } });
    expect(json(await send(address({ extensions, operationName: "Persisted" }))).data).toEqual(told.data);
    expect(json(await post(gateway.server.url, { extensions })).data).toEqual(told.data);
  });

  test("whose hash is another's, or no hash, is refused and not remembered", async () => {
    const wrong = { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } };
    for (const given of [
      { query, extensions: wrong },
      { query, extensions: { persistedQuery: { version: 2 } } },
    ])
      expect(json(await post(gateway.server.url, given))).toMatchObject({
        errors: [{ extensions: { code: "BAD_INPUT" } }],
      });
    expect(json(await post(gateway.server.url, { extensions: wrong }))).toMatchObject({
      errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
    });
  });

  test("works with Apollo Client, which names queries by GET and sends the text after a miss", async () => {
    const methods: string[] = [];
    const watched: typeof fetch = (input, init) => {
      methods.push(`${init?.method} ${String(input).includes("query=") || init?.body ? "text" : "hash"}`);
      return fetch(input, init);
    };
    const persisted = new PersistedQueryLink({
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      useGETForHashedQueries: true,
    });
    const link = ApolloLink.from([persisted, new HttpLink({ uri: gateway.server.url, fetch: watched })]);
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const apollo = gql`query ByApollo { customerOrders(id: 1) { customerId name } }`;
    const ask = () => client.query({ query: apollo, fetchPolicy: "no-cache" });
    const first = await ask();
    expect(first.data).toMatchObject({ customerOrders: { name: expect.any(String) } });
    expect((await ask()).data).toEqual(first.data);
    expect(methods[0]).toBe("GET hash");
    expect(methods[1]).toMatch(/ text$/);
    expect(methods.slice(2)).toEqual(["GET hash"]);
  });
});

describe("Requests that are batched", () => {
  test("are each refused by a sentence, as many as were sent, which Apollo shows each caller", async () => {
    const body = [{ query: "{ a: __typename }" }, { query: "{ b: __typename }" }];
    const answers = JSON.parse((await post(gateway.server.url, body)).body.toString()) as unknown[];
    expect(answers).toHaveLength(2);
    const link = new BatchHttpLink({ uri: gateway.server.url, batchInterval: 5 });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const asked = [gql`query A { a: __typename }`, gql`query B { b: __typename }`].map((query) =>
      client.query({ query, fetchPolicy: "no-cache" }).then(
        () => "answered",
        (error: Error) => error.message,
      ),
    );
    for (const message of await Promise.all(asked))
      expect(message).toContain("Operations are not batched here");
  });
});
