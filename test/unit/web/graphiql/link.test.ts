import { expect, test } from "vitest";
import { readLink, writeLink } from "../../../../src/web/graphiql/link.ts";

const urlOf = (path: string) => new URL(path, "http://x.test");

test("a link opens what it was written from, a query of 100 KB too, which no server is sent", () => {
  for (const query of ['{ a(b: "x&y=#?") }', `{ ${"a ".repeat(50_000)}}`]) {
    const link = { query, variables: '{"é": "+ %"}', view: "chart" } as const;
    const url = urlOf(writeLink(link));
    expect(readLink(url)).toEqual(link);
    expect(url.pathname + url.search.slice(0, 8000)).toBe(url.pathname + url.search);
  }
});

test("what is no link is none, and an unknown view is no view", () => {
  expect(readLink(urlOf("/graphql"))).toBeNull();
  expect(readLink(urlOf("/graphql?view=table"))).toBeNull();
  expect(readLink(urlOf("/graphql#top"))).toBeNull();
  expect(readLink(urlOf("/graphql?query={a}&view=pie"))).toEqual({
    query: "{a}",
    variables: null,
    view: null,
  });
  expect(writeLink({ query: "{a}", variables: " ", view: null })).toBe("/graphql?query=%7Ba%7D");
});
