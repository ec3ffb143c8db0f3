import { expect, test } from "vitest";
import { findGivingWay } from "../../../src/graphql/give-way.ts";

const followed = (clients: string) => [...clients].map((client, at) => ({ client, at }));

test.each([
  ["of whoever has most, the newest", "aaabb", "c", 2],
  ["of two who have most, one", "aabb", "c", 1],
  ["who has one less than the most gets none", "aab", "b", undefined],
  ["who has two less gets one", "aaab", "b", 2],
  ["who has most gives way to nobody, nor to themselves", "aaab", "a", undefined],
  ["where each has one, none", "abcd", "e", undefined],
])("gives way: %s", (_what, clients, client, at) => {
  expect(findGivingWay(followed(clients), client)?.at).toBe(at);
});
