import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFollower } from "../../../src/web/dashboard/follow.ts";

/** The browser's side of a connection: what becomes of it is in the test's hands. */
class Connection {
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly all: Connection[] = [];
  static isReachable = true;
  readyState = 0;
  /** No packet of it arrives any more, and nobody is told. */
  isDead = false;
  onopen: (() => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  constructor() {
    Connection.all.push(this);
    setTimeout(() => {
      if (!Connection.isReachable) return this.end(1006);
      this.readyState = Connection.OPEN;
      this.onopen?.();
    }, 1);
  }
  send(text: string): void {
    const { type } = JSON.parse(text) as { readonly type: string };
    const answer = { connection_init: "connection_ack", ping: "pong" }[type];
    if (answer !== undefined && !this.isDead)
      setTimeout(() => this.onmessage?.({ data: JSON.stringify({ type: answer }) }), 1);
  }
  close(code: number): void {
    this.readyState = Connection.CLOSING;
    if (!this.isDead) this.end(code);
  }
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Connection);
  Connection.isReachable = true;
  Connection.all.length = 0;
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
  Connection.isReachable = false;
  Connection.all[0]?.end(1006);
  await vi.advanceTimersByTimeAsync(40 * 60_000);
  expect(told).toContain(false);
  expect(Connection.all.length).toBeGreaterThan(80);
  expect(Connection.all.length).toBeLessThan(200);
  Connection.isReachable = true;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(told.at(-1)).toBe(true);
  end();
});

test("a connection that is dead without an end is found out, and made anew", async () => {
  const { told, end } = follow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([true]);
  const [first] = Connection.all;
  if (first) first.isDead = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual([true, false, true]);
  expect(Connection.all).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Connection.all).toHaveLength(2);
  end();
});
