import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { everyone, type Principal } from "../../../src/access/principal.ts";
import { VitrineError } from "../../../src/errors.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createPersistedQueries } from "../../../src/graphql/persisted-queries.ts";
import { watchAuthentication } from "../../../src/graphql/watch-authentication.ts";
import { type SocketOptions, serveWebSockets } from "../../../src/graphql/websocket.ts";
import { createOriginRule } from "../../../src/monitor/allowed-origins.ts";

const ann: Principal = { name: "ann", role: "admin", claims: { customer_id: 7 }, expiresAt: null };

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] }),
);
afterEach(() => void vi.useRealTimers());

/** Why somebody's stay has ended, after a minute in which they are let in anew as `again` says. */
async function stay(principal: Principal, again: () => Promise<Principal>): Promise<readonly string[]> {
  const reasons: string[] = [];
  const stop = watchAuthentication(
    { principal },
    async () => ({ principal: await again() }),
    (reason) => reasons.push(reason),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  stop();
  return reasons;
}

test("whoever is the same as when they were let in stays", async () => {
  expect(await stay(ann, async () => structuredClone(ann))).toEqual([]);
});

test.each<readonly [string, Partial<Principal>]>([
  ["another role", { role: "customer" }],
  ["other claims", { claims: { customer_id: 8 } }],
  ["no claims", { claims: {} }],
  ["an end", { expiresAt: Date.UTC(2100, 0, 1) }],
])("whoever has %s by now does not stay as who they were", async (_what, change) => {
  expect(await stay(ann, async () => ({ ...ann, ...change }))).toEqual([expect.stringContaining("changed")]);
});

test("whoever is not known any more goes, and stays while keys cannot be fetched", async () => {
  const fail = (details: Readonly<Record<string, unknown>>) => async () => {
    throw new VitrineError("UNAUTHENTICATED", "Nobody.", { details });
  };
  expect(await stay(ann, fail({}))).toEqual(["Nobody."]);
  expect(await stay(ann, fail({ isPassing: true }))).toEqual([]);
});

test("nobody is looked at where nobody is asked", async () => {
  const again = vi.fn(async () => everyone);
  expect(await stay(everyone, again)).toEqual([]);
  expect(again).not.toHaveBeenCalled();
});

/** A server of sockets that lets in, or does not, as `authenticate` says. */
async function serve(authenticate: SocketOptions["authenticate"]) {
  const server = createServer();
  const close = serveWebSockets(server, {
    ...{ metrics: createMetrics(), logger: pino({ level: "silent" }), authenticate },
    noteRefusal: () => undefined,
    ...{ hosts: { refuse: () => null }, origins: createOriginRule([]), persisted: createPersistedQueries() },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = new WebSocket(
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    "graphql-transport-ws",
  );
  socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
  const closed = new Promise<readonly [number, string]>((resolve) =>
    socket.once("close", (code, reason) => resolve([code, String(reason)])),
  );
  return { server, socket, closed, close };
}

test("whoever leaves while they are let in is not looked at for ever", async () => {
  const before = vi.getTimerCount();
  let letIn = () => {};
  let calls = 0;
  let gateway: Awaited<ReturnType<typeof serve>> | undefined;
  const asked = new Promise<void>((resolve) => {
    void serve(async () => {
      calls += 1;
      resolve();
      await new Promise<void>((go) => {
        letIn = go;
      });
      return { principal: ann, served: {} as never };
    }).then((opened) => {
      gateway = opened;
    });
  });
  await asked;
  gateway?.socket.terminate();
  await gateway?.close(); // when the server has seen all of them go
  letIn();
  await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toBe(1);
  expect(vi.getTimerCount()).toBe(before);
  gateway?.server.close();
});

test("a reason of many bytes closes the socket, as far as it fits", async () => {
  const reason = `${"é".repeat(61)}😀 is no role.`;
  const { closed, close, server } = await serve(async () => {
    throw new VitrineError("FORBIDDEN", reason);
  });
  expect(await closed).toEqual([4403, "é".repeat(61)]);
  await close();
  server.close();
});
