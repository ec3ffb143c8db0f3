import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFollower } from "../../../src/web/dashboard/follow.ts";
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

function follow() {
  const told: boolean[] = [];
  const end = createFollower("http://127.0.0.1/graphql").follow(
    { query: "subscription { changed }", variables: {} },
    { event() {}, connected: (is) => told.push(is) },
  );
  return { told, end };
}

test("a gateway that was away long is tried again every half minute at least, and not all at once", async () => {
  const { told, end } = follow();
  await vi.advanceTimersByTimeAsync(100);
  BrowserSocket.isReachable = false;
  BrowserSocket.all[0]?.end(1006);
  await vi.advanceTimersByTimeAsync(40 * 60_000);
  expect(told).toContain(false);
  expect(BrowserSocket.all.length).toBeGreaterThan(80);
  expect(BrowserSocket.all.length).toBeLessThan(200);
  BrowserSocket.isReachable = true;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(told.at(-1)).toBe(true);
  end();
});

test("a connection that is dead without an end is found out, and made anew", async () => {
  const { told, end } = follow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([true]);
  const [first] = BrowserSocket.all;
  if (first) first.isDead = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual([true, false, true]);
  expect(BrowserSocket.all).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(BrowserSocket.all).toHaveLength(2);
  end();
});
