import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createPersistedQueries, type PersistedQueries } from "../../../src/graphql/persisted-queries.ts";
import { trustDocuments } from "../../../src/graphql/trusted-documents.ts";

const hashOf = (query: string) => createHash("sha256").update(query).digest("hex");
const hashed = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOf(query) } });

/** As a gateway does whose schema the query fits. */
function send(
  queries: PersistedQueries,
  query: string | undefined,
  extensions: unknown = hashed(`${query}`),
) {
  const read = queries.read({ query, extensions });
  if (read && read.offered !== null) queries.keep(read.offered, read.text);
  return read?.text;
}
const ask = (queries: PersistedQueries, query: string) => send(queries, undefined, hashed(query));

test("Queries that nobody asks for are forgotten first, and memory has a bound", () => {
  const queries = createPersistedQueries(undefined, 2000);
  const [used, unused] = [`{ used${"x".repeat(300)} }`, `{ unused${"x".repeat(300)} }`];
  for (const query of [unused, used]) send(queries, query);
  expect(ask(queries, unused)).toBe(unused);
  expect(ask(queries, used)).toBe(used);
  const next = `{ next${"x".repeat(400)} }`;
  send(queries, next);
  expect(ask(queries, used)).toBe(used);
  expect(() => ask(queries, unused)).toThrow("PersistedQueryNotFound");
});

test("Many short ones take no more memory than few long ones: each counts with its hash and its place", () => {
  const queries = createPersistedQueries(undefined, 10_000);
  const texts = Array.from({ length: 100 }, (_, n) => `{ a${n} }`);
  for (const query of texts) send(queries, query);
  const kept = texts.filter((query) => {
    try {
      return ask(queries, query) === query;
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
  send(queries, short);
  for (let n = 0; n < 50; n += 1) send(queries, long + n);
  expect(ask(queries, short)).toBe(short);
  expect(() => ask(queries, `${long}0`)).toThrow("PersistedQueryNotFound");
});

test("A request without a hash is its text, or nothing", () => {
  const queries = createPersistedQueries();
  for (const extensions of [undefined, null, {}, { persistedQuery: null }, "text"]) {
    expect(queries.read({ query: "{ a }", extensions })).toEqual({ text: "{ a }", offered: null });
    expect(queries.read({ extensions })).toBeNull();
  }
  expect(() => queries.read({ query: "{ a }", extensions: { persistedQuery: "x" } })).toThrow(
    "must be { version: 1",
  );
});

test("A text that was not found to be right is not remembered", () => {
  const queries = createPersistedQueries();
  expect(queries.read({ query: "{ wrong", extensions: hashed("{ wrong") })).toEqual({
    text: "{ wrong",
    offered: hashOf("{ wrong"),
  });
  expect(() => ask(queries, "{ wrong")).toThrow("PersistedQueryNotFound");
});

test("A trusted document is named by its hash in either way, and stays known; a text needs no hash", () => {
  const queries = createPersistedQueries(trustDocuments(["{ a }"]), 1);
  const [hash, text] = [hashOf("{ a }"), "{ a }"];
  for (const named of [
    { extensions: hashed(text) },
    { query: "", extensions: hashed(text) },
    { documentId: `sha256:${hash}` },
    { documentId: hash.toUpperCase() },
  ])
    expect(queries.read(named)).toEqual({ text, offered: null });
  expect(() => queries.read({ documentId: `sha256:${hashOf("{ b }")}` })).toThrow("PersistedQueryNotFound");
  expect(() => queries.read({ documentId: "md5:1" })).toThrow("documentId: must be sha256:");
  expect(() => queries.read({ query: "{ b }", documentId: hash })).toThrow("is not that of its text");
});
