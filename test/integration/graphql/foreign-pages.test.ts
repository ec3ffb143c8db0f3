import { request } from "node:http";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createHostRule } from "../../../src/monitor/allowed-hosts.ts";
import { createDeparture } from "../../../src/monitor/departure.ts";
import { serveProbes } from "../../../src/monitor/serve-probes.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

/** A page whose own name leads to this machine since it was loaded (DNS rebinding): its browser sends that name. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

/** What a browser is answered that thinks the server is called `host`. */
function askAs(host: string, port = gateway.server.port, path = "/graphql") {
  const isQuery = path === "/graphql";
  const headers = { host, origin: `http://${host}`, "content-type": "application/json" };
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asked = request(
      { port, host: "127.0.0.1", path, method: isQuery ? "POST" : "GET", headers },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, text });
      },
    );
    asked.once("error", reject);
    asked.end(isQuery ? '{"query":"{ __typename }"}' : undefined);
  });
}

/** Whether a page of `origin` may open a socket to the server by the name `host`. */
const opens = (host: string, origin: string | undefined, port = gateway.server.port) =>
  new Promise<boolean | number>((resolve) => {
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws", { headers });
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

describe("A server on loopback", () => {
  test.each([
    "rebound.example",
    "rebound.example:4000",
    "localhost.rebound.example",
    "127.0.0.1.rebound.example",
    "x@127.0.0.1",
  ])("is not called %j, for whatever path and over WebSocket", async (host) => {
    for (const path of ["/graphql", "/healthz", "/metrics"]) {
      const { status, text } = await askAs(host, undefined, path);
      expect(status).toBe(421);
      expect(text).toContain("VITRINE_ALLOWED_HOSTS");
    }
    expect(await opens(host, `http://${host}`)).toBe(421);
  });

  test.each(["localhost", "LOCALHOST:4000", "127.0.0.1:9", "[::1]:4000", "192.168.1.7:4000"])(
    "answers as %s",
    async (host) => {
      expect((await askAs(host)).status).toBe(200);
      expect(await opens(host, `http://${host.toLowerCase()}`)).toBe(true);
    },
  );

  test("opens no socket for a page of another origin, a sandboxed one included", async () => {
    expect(await opens("localhost:4000", "http://localhost:5000")).toBe(403);
    expect(await opens("localhost:4000", "null")).toBe(403);
    expect(await opens("localhost:4000", undefined)).toBe(true);
  });

  test("goes by the names that it was given, and by those below a domain", async () => {
    const hosts = createHostRule("127.0.0.1", ["Shop.example", ".below.example"]);
    const server = await createServer({ ...gateway.options, metrics: createMetrics(), hosts });
    onTestFinished(() => server.close());
    const status = async (host: string) => (await askAs(host, server.port)).status;
    expect(await status("shop.example:80")).toBe(200);
    expect(await status("a.below.example")).toBe(200);
    expect(await status("below.example")).toBe(421);
    expect(await status("a.shop.example")).toBe(421);
    expect(await status("localhost")).toBe(200);
  });

  test("has a port of probes that is as careful", async () => {
    const hosts = createHostRule("127.0.0.1", []);
    const { logger } = gateway.options;
    const registry = new Registry();
    const probes = await serveProbes({
      host: "127.0.0.1",
      port: 0,
      hosts,
      logger,
      registry,
      readiness: async () => null,
      serving: async () => null,
      departure: createDeparture(0),
    });
    onTestFinished(() => probes.close());
    const port = Number(new URL(probes.origin).port);
    expect((await askAs("rebound.example", port, "/metrics")).status).toBe(421);
    expect((await askAs("localhost", port, "/metrics")).status).toBe(200);
  });
});

test("A server that other machines reach goes by any name, unless it was given some", () => {
  const refuse = (names: readonly string[], host: string | undefined) =>
    createHostRule("0.0.0.0", names).refuse({ headers: { host }, httpVersion: "1.1" });
  expect(refuse([], "vitrine.shop.svc:4000")).toBeNull();
  expect(refuse(["*"], "anything")).toBeNull();
  expect(refuse(["shop.example"], "vitrine.shop.svc")).toContain('"vitrine.shop.svc"');
  expect(refuse(["shop.example"], undefined)).toBeNull();
});
