import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../../examples/web/src/connect.ts";
import { BrowserSocket } from "./browser-socket.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", BrowserSocket);
  BrowserSocket.isReachable = true;
  BrowserSocket.all.length = 0;
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function subscribe() {
  const connection = connect("ws://127.0.0.1/graphql");
  const told: boolean[] = [];
  connection.onChange(() => told.push(connection.isOpen()));
  const sink = { next() {}, error() {}, complete() {} };
  const end = connection.socket.subscribe({ query: "subscription { changed }" }, sink);
  return { connection, told, end };
}

test("the example's connection is not open while the gateway is away, and soon after it is back", async () => {
  const { connection, told, end } = subscribe();
  expect(connection.isOpen()).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual([true]);
  BrowserSocket.isReachable = false;
  BrowserSocket.all[0]?.end(1006);
  expect(told).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(40 * 60_000);
  expect(connection.isOpen()).toBe(false);
  BrowserSocket.isReachable = true;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(connection.isOpen()).toBe(true);
  end();
});

test("the example's connection that is dead without an end is found out, and made anew", async () => {
  const { told, end } = subscribe();
  await vi.advanceTimersByTimeAsync(60_000);
  const [first] = BrowserSocket.all;
  if (first) first.isDead = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual([true, false, true]);
  end();
});
