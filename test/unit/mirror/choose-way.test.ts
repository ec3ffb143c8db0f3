import { expect, test } from "vitest";
import { chooseWay, type Way } from "../../../src/mirror/apply/choose-way.ts";

test.each([
  ["inserts as long as little is there", "insert", { found: 125 }, "insert"],
  ["renews when most is there", "insert", { found: 126 }, "renew"],
  ["goes on as long as half is as it should be", "renew", { renewed: 125 }, "renew"],
  ["replaces when most differs", "renew", { renewed: 124 }, "replace"],
  ["stays with that", "replace", { renewed: 0, found: 0 }, "replace"],
] as const satisfies readonly (readonly [string, Way, object, Way])[])(
  "a rebuild %s",
  (_, way, outcome, next) => {
    expect(chooseWay(way, outcome, 250)).toBe(next);
  },
);
