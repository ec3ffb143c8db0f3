import { expect, test } from "vitest";
import { describeAge } from "../../../src/web/dashboard/tile-age.ts";

const now = Date.parse("2026-03-02T00:10:00Z");

test.each([
  ["seconds ago", "2026-03-02T00:09:58.700Z", 30_000, "as of 00:09:58 UTC", false],
  ["by a clock that is ahead", "2026-03-02T00:10:03Z", 0, "as of 00:10:03 UTC", false],
  ["by what its turns explain", "2026-03-02T00:06:00Z", 180_000, "as of 00:06:00 UTC", false],
  ["longer than its turns explain", "2026-03-02T00:06:00Z", 30_000, "as of 00:06:00 UTC, 4 min old", true],
  ["never asked again", "2026-03-02T00:07:59Z", 0, "as of 00:07:59 UTC, 2 min old", true],
  ["of the day before", "2026-03-01T23:59:30Z", 600_000, "as of 2026-03-01 23:59:30 UTC", false],
  ["of a night before", "2026-03-01T00:09:00Z", 30_000, "as of 2026-03-01 00:09:00 UTC, 24 h old", true],
])("a picture %s says of when it is", (_what, asOf, everyMs, text, isOld) => {
  expect(describeAge(Date.parse(asOf), now, everyMs)).toEqual({ text, isOld });
});
