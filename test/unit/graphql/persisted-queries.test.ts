import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createPersistedQueries } from "../../../src/graphql/persisted-queries.ts";

const hashed = (query: string) => ({
  persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") },
});

test("Queries that nobody asks for are forgotten first, and memory has a bound", () => {
  const queries = createPersistedQueries(2000);
  const [used, unused] = [`{ used${"x".repeat(300)} }`, `{ unused${"x".repeat(300)} }`];
  for (const query of [unused, used]) queries.read(query, hashed(query));
  expect(queries.read(undefined, hashed(unused))).toBe(unused);
  expect(queries.read(undefined, hashed(used))).toBe(used);
  const next = `{ next${"x".repeat(400)} }`;
  queries.read(next, hashed(next));
  expect(queries.read(null, hashed(used))).toBe(used);
  expect(() => queries.read(undefined, hashed(unused))).toThrow("PersistedQueryNotFound");
});

test("Many short ones take no more memory than few long ones: each counts with its hash and its place", () => {
  const queries = createPersistedQueries(10_000);
  const texts = Array.from({ length: 100 }, (_, n) => `{ a${n} }`);
  for (const query of texts) queries.read(query, hashed(query));
  const kept = texts.filter((query) => {
    try {
      return queries.read(undefined, hashed(query)) === query;
    } catch {
      return false;
    }
  });
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.length).toBeLessThan(30);
  expect(kept).toEqual(texts.slice(-kept.length));
});

test("One that is longer than any query may be pushes out no other", () => {
  const queries = createPersistedQueries();
  const [short, long] = ["{ a }", "x".repeat(200_000)];
  queries.read(short, hashed(short));
  for (let n = 0; n < 50; n += 1) queries.read(long + n, hashed(long + n));
  expect(queries.read(undefined, hashed(short))).toBe(short);
  expect(() => queries.read(undefined, hashed(`${long}0`))).toThrow("PersistedQueryNotFound");
});

test("A request without a hash is its text, or nothing", () => {
  const queries = createPersistedQueries();
  for (const extensions of [undefined, null, {}, { persistedQuery: null }, "text"]) {
    expect(queries.read("{ a }", extensions)).toBe("{ a }");
    expect(queries.read(undefined, extensions)).toBeNull();
  }
  expect(() => queries.read("{ a }", { persistedQuery: "x" })).toThrow("must be { version: 1");
});
