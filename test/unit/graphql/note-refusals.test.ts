import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRefusalLog } from "../../../src/graphql/note-refusals.ts";
import { createLogger } from "../../../src/log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const from = (remoteAddress: string, url = "/graphql?token=secret") =>
  ({ url, headers: { authorization: "Bearer secret" }, socket: { remoteAddress } }) as IncomingMessage;

function openLog(proxies = 0) {
  const lines: string[] = [];
  const logger = createLogger("info", { write: (line: string) => void lines.push(line) });
  const note = createRefusalLog({ logger, proxies });
  return { note, text: () => lines.join(""), lines: () => lines.map((line) => JSON.parse(line)) };
}

test("who is not let in is told with why, from where and to what, and never with a key or token", () => {
  const { note, lines, text } = openLog();
  note("UNAUTHENTICATED", from("192.0.2.1"));
  note("FORBIDDEN", from("2001:db8::1", "/export/orders.csv"));
  expect(lines()).toMatchObject([
    { level: "warn", code: "UNAUTHENTICATED", address: "192.0.2.1", path: "/graphql", msg: "not let in" },
    { code: "FORBIDDEN", address: "2001:db8:0:0::/64", path: "/export/orders.csv" },
  ]);
  expect(text()).not.toContain("secret");
});

test("behind a proxy it is the address that the proxy saw", () => {
  const { note, lines } = openLog(1);
  note("UNAUTHENTICATED", {
    ...from("127.0.0.1"),
    headers: { "x-forwarded-for": "6.6.6.6, 192.0.2.7" },
  } as never);
  expect(lines()).toMatchObject([{ address: "192.0.2.7" }]);
});

test("a flood of one address, or of many, is few lines, and how many there were", () => {
  const { note, lines } = openLog();
  for (let n = 0; n < 1000; n += 1) note("UNAUTHENTICATED", from("192.0.2.1"));
  expect(lines()).toHaveLength(1);
  for (let n = 0; n < 1000; n += 1) note("UNAUTHENTICATED", from(`10.0.${n >> 8}.${n & 255}`));
  expect(lines()).toHaveLength(20);
  vi.advanceTimersByTime(60_000);
  expect(lines().slice(20)).toMatchObject([{ times: 1980, msg: "more were not let in" }]);
  note("UNAUTHENTICATED", from("192.0.2.1"));
  vi.advanceTimersByTime(60_000);
  expect(lines()).toHaveLength(22);
});
