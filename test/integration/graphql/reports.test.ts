import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { VitrineError } from "../../../src/errors.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createLogger } from "../../../src/log.ts";
import { type Answer, ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

interface Message {
  readonly type: string;
  readonly payload: unknown;
}

/** One operation over a WebSocket of its own: all messages about it. */
async function overWebSocket(payload: string, url = gateway.server.url): Promise<readonly Message[]> {
  const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws");
  const messages: Message[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.once("open", () => socket.send('{"type":"connection_init"}'));
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.type === "connection_ack")
        return socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
      messages.push(message);
      if (message.type === "error" || message.type === "complete") socket.close();
    });
  });
  return messages;
}

const errorsOf = (messages: readonly Message[]) =>
  messages.flatMap(({ type, payload }) =>
    type === "error"
      ? (payload as { extensions?: { code?: string } }[])
      : ((payload as { errors?: { extensions?: { code?: string } }[] } | undefined)?.errors ?? []),
  );

/** A filter of so many levels, as JSON: nobody can write it out of an object. */
const nots = (levels: number) => `${'{"not":'.repeat(levels)}{}${"}".repeat(levels)}`;

describe("An error over WebSocket has a code that tells whose mistake it is", () => {
  const connection = "customerOrdersConnection";
  const deep = `{"w":${nots(5000)}}`;
  test.each<[what: string, code: string, query: string, variables?: string, operationName?: string]>([
    ["no GraphQL", "QUERY_INVALID", "{{{"],
    ["an unknown field", "QUERY_INVALID", "{ nonsense }"],
    ["an operation that is not there", "QUERY_INVALID", "query A { __typename }", "{}", "B"],
    ["one of two operations", "QUERY_INVALID", "query A { __typename } query B { __typename }"],
    ["no operation", "QUERY_INVALID", "fragment F on Query { __typename }"],
    ["a variable that is missing", "BAD_INPUT", "query($id: ID!) { customerOrders(id: $id) { name } }"],
    ["an id that is none", "BAD_INPUT", '{ customerOrders(id: "x") { name } }'],
    ["an id of a subscription", "BAD_INPUT", 'subscription { customerOrdersChanged(ids: ["x"]) { id } }'],
    [
      "a variable of a subscription",
      "BAD_INPUT",
      "subscription($id: ID!) { customerOrdersChanged(ids: [$id]) { id } }",
      '{"id":{}}',
    ],
    [
      "variables that nest deeply",
      "BAD_INPUT",
      `query($w: CustomerOrdersWhere) { ${connection}(where: $w) { totalCount } }`,
      deep,
    ],
    [
      "variables of a subscription that nest deeply",
      "BAD_INPUT",
      "subscription($w: CustomerOrdersWhere) { customerOrdersChanged(where: $w) { id } }",
      deep,
    ],
    [
      "a text that nests deeply",
      "LIMIT_EXCEEDED",
      `{ ${connection}(first: ${"[".repeat(50_000)}) { totalCount } }`,
    ],
    ["a text that is too long", "LIMIT_EXCEEDED", `{ __typename }${" ".repeat(200_000)}`],
  ])("%s", async (_, code, query, variables = "{}", operationName = undefined) => {
    const named = operationName === undefined ? "" : `,"operationName":"${operationName}"`;
    const payload = `{"query":${JSON.stringify(query)},"variables":${variables}${named}}`;
    const codes = errorsOf(await overWebSocket(payload)).map((error) => error.extensions?.code);
    expect([...new Set(codes)]).toEqual([code]);
    if (query.startsWith("subscription")) return;
    // The same over HTTP.
    const headers = { "content-type": "application/json" };
    const response = await fetch(gateway.server.url, { method: "POST", headers, body: payload });
    const { errors } = (await response.json()) as Answer;
    expect(errors?.[0]?.extensions.code).toBe(code);
  });
});

/** A server with a log and metrics of its own, one store of which fails at what links lead to. */
async function failing(error: Error, store: "live" | "mirror" = "live") {
  const log: Record<string, unknown>[] = [];
  const { stores } = gateway.options;
  const metrics = createMetrics();
  const server = await createServer({
    ...gateway.options,
    metrics,
    stores: { ...stores, [store]: { ...stores[store], findByIds: () => Promise.reject(error) } },
    logger: createLogger("debug", { write: (line: string) => void log.push(JSON.parse(line)) }),
  });
  return { server, log, metrics };
}
const manyLinks =
  "query Links { orderDetailsConnection(first: 100, source: LIVE) { nodes { customer { name } } } }";

describe("The log", () => {
  test("has one line per request and code, with a count, however many nodes fail", async () => {
    const { server, log, metrics } = await failing(new Error("spoiled by the test"));
    const answer = await ask(server.url, manyLinks);
    expect(answer.errors?.length).toBeGreaterThan(50);
    await server.close();
    const lines = log.filter(({ msg }) => msg === "query failed");
    expect(lines).toMatchObject([{ level: "error", code: "INTERNAL", count: answer.errors?.length }]);
    expect(await metrics.registry.metrics()).toContain(
      `vitrine_graphql_errors_total{code="INTERNAL"} ${answer.errors?.length}`,
    );
  });

  test("has one line per request and model that the mirror failed for", async () => {
    const { server, log } = await failing(new Error("spoiled by the test"), "mirror");
    await ask(server.url, manyLinks.replace(", source: LIVE", ""));
    await server.close();
    expect(log.filter(({ msg }) => msg === "mirror failed, read live instead")).toMatchObject([
      { level: "warn", model: "customer_orders" },
    ]);
  });

  test("tells at level debug of what failed because its client had left", async () => {
    const { server, log } = await failing(new VitrineError("CANCELLED", "The client closed the connection."));
    await ask(server.url, manyLinks);
    await server.close();
    expect(log.filter(({ code }) => code === "CANCELLED")).toMatchObject([{ level: "debug" }]);
  });

  test("tells at level debug of a client that leaves in the middle of its request, or of its answer", async () => {
    const { server, log } = await failing(new Error("not met"));
    for (const part of ["request", "answer"]) {
      const gone = new AbortController();
      const stream = new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from('{"query":"')),
      });
      const request = fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        signal: gone.signal,
        ...(part === "answer"
          ? { body: JSON.stringify({ query: "{ customerOrdersConnection(source: LIVE) { totalCount } }" }) }
          : { body: stream, duplex: "half" }),
      } as RequestInit);
      setTimeout(() => gone.abort(), part === "answer" ? 2 : 100);
      await request.catch(() => undefined);
    }
    await expect
      .poll(() => log.filter(({ msg }) => msg === "client left" || msg === "answered").length)
      .toBe(2);
    await server.close();
    expect(log.filter(({ level }) => level !== "debug" && level !== "info")).toEqual([]);
  });

  test("has a line for each operation over WebSocket, which is measured as over HTTP", async () => {
    const { server, log, metrics } = await failing(new Error("spoiled by the test"));
    await overWebSocket('{"query":"query Counted { customerOrdersConnection { totalCount } }"}', server.url);
    await overWebSocket(JSON.stringify({ query: manyLinks }), server.url);
    await overWebSocket('{"query":"query Wrong { nonsense }"}', server.url);
    const socket = new WebSocket(server.url.replace("http", "ws"), "graphql-transport-ws");
    await new Promise<void>((resolve) => {
      socket.once("open", () => socket.send('{"type":"connection_init"}'));
      socket.on("message", (data) => {
        const query = "subscription Follow { customerOrdersChanged(ids: [1]) { id } }";
        if (String(data).includes("connection_ack"))
          socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }));
        else resolve();
      });
    });
    socket.terminate();
    await expect
      .poll(() => log.filter(({ msg }) => msg === "subscription ended"))
      .toMatchObject([{ level: "info", operation: "Follow", codes: [], events: 1 }]);
    await server.close();
    expect(log.filter(({ msg }) => msg === "answered")).toMatchObject([
      { level: "info", operation: "Counted", codes: [] },
      { level: "info", operation: "Links", codes: ["INTERNAL"] },
      { level: "info", codes: ["QUERY_INVALID"] },
    ]);
    expect(log.filter(({ msg }) => msg === "query failed")).toHaveLength(1);
    const text = await metrics.registry.metrics();
    for (const series of [
      'operation="Counted",outcome="ok"',
      'operation="Links",outcome="error"',
      'operation="Follow",outcome="ok"',
      'operation="anonymous",outcome="error"',
    ])
      expect(text).toContain(`vitrine_graphql_operation_seconds_count{${series}} 1`);
  });
});
