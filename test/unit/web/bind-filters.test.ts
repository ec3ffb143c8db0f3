import { describe, expect, test } from "vitest";
import { addressOf, readFilterValues, readName } from "../../../src/web/dashboard/address.ts";
import { bindFilters, daysOf } from "../../../src/web/dashboard/bind-filters.ts";
import type { Filter, Place } from "../../../src/web/dashboard/page-settings.ts";

const now = new Date("2026-05-31T23:59:59Z");

test.each([
  ["today", "2026-05-31", "2026-06-01"],
  ["yesterday", "2026-05-30", "2026-05-31"],
  ["last7days", "2026-05-25", "2026-06-01"],
  ["last30days", "2026-05-02", "2026-06-01"],
  ["last12months", "2025-06-01", "2026-06-01"],
  ["thisMonth", "2026-05-01", "2026-06-01"],
  ["thisYear", "2026-01-01", "2026-06-01"],
  ["fullMonths", "1900-01-01", "2026-05-01"],
  ["last5FullQuarters", "2025-01-01", "2026-04-01"],
  ["2024-02-29..2024-03-01", "2024-02-29", "2024-03-01"],
])("the period %s goes from %s until before %s", (period, from, before) => {
  expect(daysOf(period, now)).toEqual({ from, before });
});

test.each(["all", "nonsense", "2024-02-30x..2024-03-01", ".."])(
  "%s is no period: nothing is narrowed",
  (period) => {
    expect(daysOf(period, now)).toBeNull();
  },
);

const place = (path: string, type = "String"): Place => ({ path: path.split("."), type });

describe("Filters", () => {
  test("go to the places of a tile's variables, as their types want them, and leave its own alone", () => {
    const variables = { where: { status: { ne: "cancelled" } }, first: 5 };
    const filters = {
      period: [place("where.placed.gte", "DateTime"), place("where.placed.lt", "DateTime")],
      day: [place("day", "Date")],
      state: [place("where.state.in", "[String!]")],
      size: [place("where.size.eq", "Int")],
    };
    const values = { period: "today", day: "2026-01-02", state: "TX", size: "7" };
    expect(bindFilters({ variables, filters, fixed: {} }, values, now)).toEqual({
      first: 5,
      day: "2026-01-02",
      where: {
        status: { ne: "cancelled" },
        placed: { gte: "2026-05-31T00:00:00.000Z", lt: "2026-06-01T00:00:00.000Z" },
        state: { in: ["TX"] },
        size: { eq: 7 },
      },
    });
    expect(variables).toEqual({ where: { status: { ne: "cancelled" } }, first: 5 });
  });

  test("that say nothing leave no empty condition behind", () => {
    const filters = {
      state: [place("where.state.eq")],
      period: [place("where.day.gte", "Date"), place("where.day.lt", "Date")],
    };
    const tile = { variables: {}, filters, fixed: {} };
    expect(bindFilters(tile, { state: null, period: "all" }, now)).toEqual({});
    expect(bindFilters({ ...tile, fixed: { period: "today" } }, { period: "all" }, now)).toEqual({
      where: { day: { gte: "2026-05-31", lt: "2026-06-01" } },
    });
  });

  test("that say nothing bind a period of variables to all days, for these have defaults", () => {
    const filters = {
      period: [place("from", "Date"), place("below", "DateTime")],
      state: [place("where.state.eq")],
    };
    const tile = { variables: { from: "2020-01-01" }, filters, fixed: {} };
    const all = { from: "1900-01-01", below: "9999-12-31T00:00:00.000Z" };
    expect(bindFilters(tile, { period: "all", state: null }, now)).toEqual(all);
    expect(bindFilters(tile, { period: null, state: null }, now)).toEqual(all);
  });

  test("that an address garbles, or leaves open where they must not be, are the defaults", () => {
    const choice = { type: "choice", title: "", values: { query: "", rows: [], column: "" } } as const;
    const filters: Filter[] = [
      { type: "period", name: "year", title: "Year", default: "thisYear" },
      { ...choice, name: "item", default: "Laptop", optional: false },
      { ...choice, name: "state", default: "TX", optional: true },
    ];
    const read = (search: string) => readFilterValues({ filters }, search);
    const defaults = { year: "thisYear", item: "Laptop", state: "TX" };
    for (const year of ["nonsense", "", "2026-01-01..", "2026-01-01..2026-02-01..2026-03-01"])
      expect(read(`?year=${year}&item=`)).toEqual(defaults);
    expect(read("?year=all&item=Phone&state=")).toEqual({ year: "all", item: "Phone", state: null });
  });

  test("are kept in the address as far as they are not the defaults, and read from it", () => {
    const filters: Filter[] = [
      { type: "period", name: "period", title: "Period", default: "last30days" },
      {
        type: "choice",
        name: "state",
        title: "State",
        default: null,
        optional: true,
        values: { query: "", rows: [], column: "" },
      },
      {
        type: "choice",
        name: "currency",
        title: "Currency",
        default: "GBP",
        optional: true,
        values: { query: "", rows: [], column: "" },
      },
    ];
    const board = { name: "shop-now", filters };
    const defaults = readFilterValues(board, "");
    expect(defaults).toEqual({ period: "last30days", state: null, currency: "GBP" });
    expect(addressOf("/dashboard", board, defaults)).toBe("/dashboard/shop-now");
    const values = { period: "today", state: "A&B", currency: null };
    const { pathname, search } = new URL(addressOf("/dashboard", board, values), "http://x");
    expect(readName(pathname, "/dashboard")).toBe("shop-now");
    expect(readFilterValues(board, search)).toEqual(values);
    expect(readName("/dashboard", "/dashboard")).toBeUndefined();
    expect(readName("/dashboard/%", "/dashboard")).toBe("%");
  });
});
