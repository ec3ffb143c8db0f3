import { describe, expect, test } from "vitest";
import { createExplainRule } from "../../../src/graphql/explain-rule.ts";

type Asked = { readonly httpVersion?: string; readonly headers?: Record<string, string> };

/** What a server that listens there says to who asks it so. */
const refuse = (setting: string | undefined, listensOn: string, { httpVersion, headers }: Asked = {}) =>
  createExplainRule(setting, listensOn, async () => null).refuse("1", {
    httpVersion: httpVersion ?? "1.1",
    headers: { host: "127.0.0.1:4000", ...headers },
  });

/** Requests that came to this machine from elsewhere. */
const forwarded: readonly Asked[] = [
  { headers: { "x-forwarded-for": "203.0.113.7" } },
  { headers: { "x-forwarded-proto": "https" } },
  { headers: { forwarded: "for=203.0.113.7" } },
  { headers: { via: "1.1 proxy" } },
  { headers: { "x-real-ip": "203.0.113.7" } },
  { headers: { host: "shop.example" } },
  // As nginx asks, where it is told nothing else.
  { httpVersion: "1.0" },
];

describe("Answers are explained", () => {
  test("by a server that other machines reach only where its operator said so", () => {
    expect(refuse(undefined, "0.0.0.0")).toContain("VITRINE_EXPLAIN");
    expect(refuse("on", "0.0.0.0")).toBeNull();
    expect(refuse("off", "127.0.0.1")).toContain("VITRINE_EXPLAIN");
  });

  test("to who asks on this machine, and not to whom a proxy on this machine lets in", () => {
    for (const host of ["127.0.0.1:4000", "localhost:4000", "LOCALHOST", "[::1]:4000"])
      expect(refuse(undefined, "127.0.0.1", { headers: { host } })).toBeNull();
    for (const asked of forwarded) {
      expect(refuse(undefined, "127.0.0.1", asked)).toContain("VITRINE_EXPLAIN");
      expect(refuse("on", "127.0.0.1", asked)).toBeNull();
      expect(refuse("1", "127.0.0.1", asked)).toBeNull();
    }
  });
});
