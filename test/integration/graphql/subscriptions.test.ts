import { once } from "node:events";
import { connect } from "node:net";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { createLiveDocuments } from "../../../src/graphql/live-documents.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createMirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";
import { createMirrorWrites, type MirrorWrites } from "./mirror-writes.ts";

let gateway: TestGateway;
let { write, remove, restore } = {} as MirrorWrites; // there before the first test
beforeAll(async () => {
  gateway = await openTestGateway();
  ({ write, remove, restore } = createMirrorWrites(gateway));
});
afterAll(() => gateway?.close());

const query = `subscription($ids: [ID!], $where: CustomerOrdersWhere) {
  customerOrdersChanged(ids: $ids, where: $where) { id document { name state orders { details { orderId } } } }
}`;
type Event = {
  data?: { customerOrdersChanged: { id: string; document: { name: string } | null } } | null;
  errors?: unknown;
};

const overSse = (variables: Record<string, unknown>) => {
  const client = createSseClient({ url: gateway.server.url, retryAttempts: 0 });
  onTestFinished(() => client.dispose());
  return client.iterate({ query, variables }) as unknown as AsyncIterableIterator<Event>;
};
const overWs = (variables: Record<string, unknown>) => {
  const client = createWsClient({
    url: gateway.server.url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  onTestFinished(async () => void (await client.dispose()));
  return client.iterate({ query, variables }) as unknown as AsyncIterableIterator<Event>;
};
const told = async (events: AsyncIterator<Event>) => {
  const { value } = await events.next();
  const change = (value as Event).data?.customerOrdersChanged;
  return change ? [change.id, change.document?.name ?? null] : value;
};

describe.each([
  ["server-sent events", overSse],
  ["WebSocket", overWs],
])("A subscription over %s", (_name, subscribe) => {
  test("tells what is, then every change, deletions too", async () => {
    await write(1, { name: "Ada" });
    const events = subscribe({ ids: ["1"] });
    expect(await told(events)).toEqual(["1", "Ada"]);
    await write(2, { name: "Not of interest" });
    await write(1, { name: "Eva" });
    expect(await told(events)).toEqual(["1", "Eva"]);
    await remove(1);
    expect(await told(events)).toEqual(["1", null]);
    await restore(1);
    expect((await told(events))[1]).not.toBeNull();
    await events.return?.();
  });

  test("tells when a document begins and ceases to fit a filter", async () => {
    await write(3, { state: "AA" });
    const events = subscribe({ where: { state: { eq: "ZZ" } } });
    await write(3, { state: "ZZ", name: "In" });
    expect(await told(events)).toEqual(["3", "In"]);
    await write(3, { state: "YY" });
    expect(await told(events)).toEqual(["3", null]);
    await events.return?.();
  });

  test("refuses bad input with a code", async () => {
    const outcome = await subscribe({ ids: ["x"] })
      .next()
      .catch((error: unknown) => error);
    expect(JSON.stringify(outcome)).toContain("BAD_INPUT");
  });
});

describe("Over a lost connection", () => {
  test("a client that connects anew is told what changed and what went meanwhile", async () => {
    const proxy = await openTcpProxy(gateway.server.port);
    const client = createWsClient({
      url: `ws://127.0.0.1:${proxy.port}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 5,
      shouldRetry: () => true,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    });
    const events = client.iterate({ query, variables: { ids: ["10", "11"] } }) as AsyncIterator<Event>;
    await told(events);
    await told(events);
    await proxy.stop();
    await write(10, { name: "While away" });
    await remove(11);
    await proxy.start();
    expect([await told(events), await told(events)]).toEqual([
      ["10", "While away"],
      ["11", null],
    ]);
    await events.return?.();
    await client.dispose();
    await proxy.close();
    await restore(11);
  });
});

describe("A client that does not read", () => {
  const big = "x".repeat(200_000);
  /** A gateway that counts what its clients take. */
  const openCounting = async () => {
    let taken = 0;
    const { mongo } = gateway.database;
    const documents = createLiveDocuments(createMirrorFeed(mongo), createMirrorStore(mongo));
    const server = await createServer({
      ...gateway.options,
      metrics: createMetrics(),
      documents: {
        follow(model, interest) {
          const changes = documents.follow(model, interest);
          const next = async () => {
            const result = await changes.next();
            taken += 1;
            return result;
          };
          return Object.assign(Object.create(changes), { next, return: () => changes.return?.() });
        },
      },
    });
    onTestFinished(() => server.close());
    return { server, taken: () => taken };
  };
  const body = JSON.stringify({
    query: 'subscription { customerOrdersChanged(ids: ["12"]) { id document { name } } }',
  });

  test.each(["server-sent events", "WebSocket"])(
    "over %s is sent no more than its socket holds",
    async (way) => {
      const { server, taken } = await openCounting();
      if (way === "WebSocket") {
        const socket = new WebSocket(server.url.replace("http", "ws"), "graphql-transport-ws");
        onTestFinished(() => socket.terminate());
        await once(socket, "open");
        socket.send(JSON.stringify({ type: "connection_init" }));
        await once(socket, "message");
        socket.send(`{"id":"1","type":"subscribe","payload":${body}}`);
        await once(socket, "message");
        socket.pause();
      } else {
        const socket = connect(server.port, "127.0.0.1");
        onTestFinished(() => void socket.destroy());
        socket.write(
          `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
        await once(socket, "data");
        socket.pause();
      }
      for (let n = 0; n < 150; n++) {
        await write(12, { name: `${n} ${big}` });
        // So that each is an event of its own for one who reads.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      // 30 MB were written; the kernel holds up to 6 MB for a socket.
      expect(taken()).toBeLessThan(60);
    },
  );
});
