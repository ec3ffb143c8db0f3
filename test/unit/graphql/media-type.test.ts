import { expect, test } from "vitest";
import { chooseForm } from "../../../src/graphql/media-type.ts";

test.each([
  [undefined, "json"],
  ["*/*", "json"],
  ["text/html,application/xhtml+xml,*/*;q=0.8", "json"],
  ["image/png", "json"],
  ["application/graphql-response+json,application/json;q=0.9", "response"],
  ["application/json;q=0.9, application/graphql-response+json", "response"],
  ["application/graphql-response+json;q=0, application/json", "json"],
  ["application/graphql-response+json;q=x", "json"],
  [
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
    "response",
  ],
  ["text/event-stream", "stream"],
  ["Text/Event-Stream; charset=utf-8, application/json;q=0.5", "stream"],
  [
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
    "stream",
  ],
] as const)("A client that accepts %j is answered as %s", (accept, form) => {
  expect(chooseForm(accept)).toBe(form);
});
