import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createDeparture } from "../../../src/monitor/departure.ts";
import { frame, openRaw, request, upgradeHeaders } from "../../support/raw-connection.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

/** How a gateway ends that others stand beside. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const serve = (noticeMs: number, more = {}) =>
  createServer({
    ...gateway.options,
    metrics: createMetrics(),
    departure: createDeparture(noticeMs),
    ...more,
  });
const query = "{ customerOrders(id: 1) { name } }";

describe("A gateway that is told to stop", () => {
  test("says so to balancers first and goes on answering, on connections that end with the answer", async () => {
    const server = await serve(1500);
    const probe = async (path: string) => {
      const response = await fetch(new URL(path, server.url));
      return [response.status, (await response.json()) as object];
    };
    expect(await probe("/servez")).toEqual([200, { status: "serving" }]);
    const kept = await fetch(server.url, { headers: { accept: "application/json" } });
    expect(kept.headers.get("connection")).toBe("keep-alive");
    await kept.body?.cancel();

    const closed = server.close();
    const reason = "It was told to stop.";
    expect(await probe("/servez")).toEqual([503, { status: "not serving", reason }]);
    expect(await probe("/readyz")).toEqual([503, { status: "not ready", reason }]);
    expect(await probe("/healthz")).toEqual([200, { status: "ok" }]);
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    expect(response.headers.get("connection")).toBe("close");
    expect(await response.json()).toMatchObject({ data: { customerOrders: { name: expect.any(String) } } });
    await closed;
    await expect(ask(server.url, query)).rejects.toThrow();
  });

  test("waits for no subscriber that hears nothing any more", async () => {
    const server = await serve(0);
    const frozen = await openRaw(server.port, request("GET /graphql", upgradeHeaders));
    await frozen.until("101 Switching Protocols");
    frozen.socket.write(frame(JSON.stringify({ type: "connection_init" })));
    await frozen.until("connection_ack");
    frozen.socket.pause();
    // Answers no closing handshake.
    const late = sleep(5000, "late", { ref: false });
    expect(await Promise.race([server.close().then(() => "closed"), late])).toBe("closed");
    frozen.socket.destroy();
  });
});

test("/servez says why no request should be sent here", async () => {
  const serving = async () => "Neither MariaDB nor MongoDB can be reached.";
  const server = await serve(0, { serving });
  const response = await fetch(new URL("/servez", server.url));
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: "not serving", reason: await serving() },
  ]);
  await server.close();
});
