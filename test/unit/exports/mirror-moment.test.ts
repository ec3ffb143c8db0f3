import { expect, test } from "vitest";
import { mayLackDeletions } from "../../../src/exports/incremental/mirror-moment.ts";

const HOUR = 60 * 60 * 1000;
const time = "2024-03-04T02:00:00.000Z";
const since = { position: { to: "7" }, time, collection: "tea" };
const mirror = { collection: "tea", rebuiltFrom: 3n };
const after = (hours: number) => mayLackDeletions(mirror, since, Date.parse(time) + hours * HOUR);

test("a run of each night, and one after a night that was left out, is told of all deletions", () => {
  expect([0, 24, 25, 48, 59].map(after)).toEqual([false, false, false, false, false]);
  expect([61, 72, 1000].map(after)).toEqual([true, true, true]);
});

test("a clock that was set back, and a mirror that was made anew, tell nothing", () => {
  const now = Date.parse(time) + HOUR;
  expect(after(-1)).toBe(true);
  expect(mayLackDeletions({ ...mirror, rebuiltFrom: 8n }, since, now)).toBe(true);
  expect(mayLackDeletions({ ...mirror, rebuiltFrom: null }, since, now)).toBe(true);
  expect(mayLackDeletions({ ...mirror, collection: "tea_2" }, since, now)).toBe(true);
});
