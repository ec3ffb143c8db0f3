import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHostRule } from "../../../src/monitor/allowed-hosts.ts";
import { createDeparture } from "../../../src/monitor/departure.ts";
import { serveProbes } from "../../../src/monitor/serve-probes.ts";
import {
  countHeld,
  frame,
  openRaw,
  type RawConnection,
  request,
  upgradeHeaders,
} from "../../support/raw-connection.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

/** As often, since what a reset meets depends on the moment. */
const TIMES = 10;

let gateway: TestGateway;
let probes: Awaited<ReturnType<typeof serveProbes>>;
/** What would have ended a process that has no test runner around it. */
const escaped: string[] = [];
const note = (error: Error) => void escaped.push(String(error));

beforeAll(async () => {
  process.on("uncaughtExceptionMonitor", note);
  gateway = await openTestGateway();
  const { logger } = gateway.options;
  probes = await serveProbes({
    host: "127.0.0.1",
    port: 0,
    hosts: createHostRule("127.0.0.1", []),
    logger,
    registry: new Registry(),
    readiness: async () => null,
    serving: async () => null,
    departure: createDeparture(0),
  });
});
afterAll(async () => {
  process.off("uncaughtExceptionMonitor", note);
  await probes?.close();
  await gateway?.close();
});

const query = (text: string, accept = "application/json") => {
  const body = JSON.stringify({ query: text });
  const headers = ["content-type: application/json", `accept: ${accept}`, `content-length: ${body.length}`];
  return request("POST /graphql", headers, body);
};
const subscription = "subscription { customerOrdersChanged { id } }";
const subscribe = frame(JSON.stringify({ id: "1", type: "subscribe", payload: { query: subscription } }));

/** Brings a new connection into a state. */
type Reach = (port: number) => Promise<RawConnection>;
const sending =
  (text: string, answer = ""): Reach =>
  async (port) => {
    const raw = await openRaw(port, text);
    if (answer !== "") await raw.until(answer);
    return raw;
  };
const upgraded: Reach = sending(request("GET /graphql", upgradeHeaders), "101 Switching");
const ready: Reach = async (port) => {
  const raw = await upgraded(port);
  raw.socket.write(frame('{"type":"connection_init"}'));
  await raw.until("connection_ack");
  return raw;
};

const refusals: Readonly<Record<string, Reach>> = {
  "an upgrade of another path": sending(request("GET /nothing", upgradeHeaders)),
  "an upgrade of another path, refused": sending(request("GET /nothing", upgradeHeaders), "404"),
  "an upgrade of a foreign page": sending(
    request("GET /graphql", [...upgradeHeaders, "origin: http://x.test"]),
  ),
  "an upgrade of a foreign page, refused": sending(
    request("GET /graphql", [...upgradeHeaders, "origin: http://x.test"]),
    "403",
  ),
  "an upgrade without a key": sending(request("GET /graphql", ["connection: Upgrade", "upgrade: websocket"])),
  "an upgrade to something else": sending(request("GET /graphql", ["connection: Upgrade", "upgrade: h2c"])),
  "a tunnel": sending(request("CONNECT x.test:443")),
  "no request at all": sending("\u0000\u0001\r\n\r\n"),
};

const states: Readonly<Record<string, Reach>> = {
  ...refusals,
  "nothing sent": sending(""),
  "half a line": sending("POST /gra"),
  "half the headers": sending("POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n"),
  "half a body": sending(
    request("POST /graphql", ["content-type: application/json", "content-length: 100"], "{"),
  ),
  "a query on its way": sending(query("{ customerOrdersConnection(first: 20) { nodes { name } } }")),
  "an answer on its way": sending(
    query("{ customerOrdersConnection(first: 20) { nodes { name } } }"),
    "HTTP/1.1 200",
  ),
  "a connection kept alive": sending(request("GET /healthz"), "ok"),
  "an event stream": sending(query(subscription, "text/event-stream"), "event: next"),
  "a probe": sending(request("GET /metrics")),
  "an upgrade on its way": sending(request("GET /graphql", upgradeHeaders)),
  "a socket before its first message": upgraded,
  "a socket that is ready": ready,
  "a subscription on its way": async (port) => {
    const raw = await ready(port);
    raw.socket.write(subscribe);
    return raw;
  },
  "a subscription under way": async (port) => {
    const raw = await ready(port);
    raw.socket.write(subscribe);
    await raw.until('"next"');
    return raw;
  },
  "two malformed frames": async (port) => {
    const raw = await ready(port);
    raw.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    raw.socket.write(Buffer.from([0xff, 0xff]));
    return raw;
  },
};

/** What is sent to a port that has no GraphQL. */
const probed = [
  "",
  "GET /hea",
  request("GET /metrics"),
  request("GET /graphql", upgradeHeaders),
  request("CONNECT x.test:443"),
  "\u0000\r\n\r\n",
];

const alive = async () => (await fetch(gateway.server.url.replace("/graphql", "/healthz"))).status;

describe("A client that resets its connection", () => {
  test.each(Object.entries(states))(
    "with %s ends nobody else's, and its descriptor is freed",
    async (_, reach) => {
      for (let time = 0; time < TIMES; time += 1) {
        const raw = await reach(gateway.server.port);
        raw.socket.resetAndDestroy();
      }
      expect(await alive()).toBe(200);
      await expect.poll(() => countHeld(gateway.server.port), { interval: 20 }).toBeLessThanOrEqual(1);
      expect(escaped).toEqual([]);
    },
  );

  test("at the port of a loader ends it as little", async () => {
    const port = Number(new URL(probes.origin).port);
    for (const text of probed)
      for (let time = 0; time < TIMES; time += 1) (await openRaw(port, text)).socket.resetAndDestroy();
    expect((await fetch(`${probes.origin}/healthz`)).status).toBe(200);
    await expect.poll(() => countHeld(port), { interval: 20 }).toBeLessThanOrEqual(1);
    expect(escaped).toEqual([]);
  });
});

describe("A client whose upgrade is refused", () => {
  test.each(Object.entries(refusals))(
    "with %s holds no descriptor, though it never closes",
    async (_, reach) => {
      const open: RawConnection[] = [];
      for (let time = 0; time < TIMES; time += 1) open.push(await reach(gateway.server.port));
      await expect.poll(() => countHeld(gateway.server.port), { interval: 20 }).toBeLessThanOrEqual(1);
      for (const raw of open) raw.socket.destroy();
    },
  );
});
