import { expect, test } from "vitest";
import { lastDayOf, previousPeriod } from "../../../src/stores/previous-period.ts";

test.each([
  ["day", "2020-03-01", "2020-02-29", "2019-03-01"],
  ["day", "2020-02-29", "2020-02-28", null],
  ["day", "2021-01-01", "2020-12-31", "2020-01-01"],
  ["day", "0001-01-01", null, null],
  // 2020 has 53 weeks, 2019 and 2021 have 52.
  ["week", "2021-01-04", "2020-12-28", "2019-12-30"],
  ["week", "2020-12-28", "2020-12-21", null],
  ["week", "2019-12-30", "2019-12-23", "2018-12-31"],
  ["month", "2020-01-01", "2019-12-01", "2019-01-01"],
  ["month", "2020-03-01", "2020-02-01", "2019-03-01"],
  ["quarter", "2020-01-01", "2019-10-01", "2019-01-01"],
  ["quarter", "2020-10-01", "2020-07-01", "2019-10-01"],
  ["year", "2020-01-01", "2019-01-01", "2019-01-01"],
  ["year", "0001-01-01", null, null],
  ["month", "0000-00-00", null, null],
] as const)("before the %s of %s comes %s, and a year before it %s", (period, day, before, yearBefore) => {
  expect(previousPeriod(period, day, "period")).toBe(before);
  expect(previousPeriod(period, day, "year")).toBe(yearBefore);
});

test.each([
  ["day", "2020-02-29", "2020-02-29"],
  ["week", "2020-12-28", "2021-01-03"],
  ["month", "2020-02-01", "2020-02-29"],
  ["month", "2100-02-01", "2100-02-28"],
  ["quarter", "2020-10-01", "2020-12-31"],
  ["year", "2020-01-01", "2020-12-31"],
  ["year", "9999-01-01", "9999-12-31"],
  ["week", "9999-12-27", "9999-12-31"],
  ["month", "0000-00-00", null],
] as const)("the last day of the %s from %s is %s", (period, first, last) => {
  expect(lastDayOf(period, first)).toBe(last);
});
