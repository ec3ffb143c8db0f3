import { describe, expect, test } from "vitest";
import { toPlottedRows, unitOf } from "../../../src/web/shared/chart/chart-rows.ts";
import { findMisfit, prepareSpec } from "../../../src/web/shared/chart/fit-spec.ts";
import { formatSpan, formatValue, groupDigits } from "../../../src/web/shared/chart/format-value.ts";

const rows = [
  { day: "2026-01-01", money: "12345678901234567.89", place: { name: "Here", sum: "1.50" }, currency: "GBP" },
  { day: "2026-01-02", money: null, place: null, currency: "USD" },
];
const bar = (x: object, y: object) => ({ mark: "bar", encoding: { x, y } });

describe("A spec", () => {
  const day = { field: "day", type: "temporal" };
  test("fits rows that have what it reads, in rows of rows too, and what it makes itself", () => {
    expect(findMisfit(bar(day, { field: "money", type: "quantitative" }), rows)).toBeNull();
    expect(findMisfit(bar(day, { field: "place.sum", type: "quantitative" }), rows)).toBeNull();
    const made = {
      transform: [{ calculate: "1", as: "one" }],
      ...bar(day, { field: "one", type: "quantitative" }),
    };
    expect(findMisfit(made, rows)).toBeNull();
    expect(
      findMisfit(bar(day, { field: "place.name", type: "quantitative", aggregate: "distinct" }), rows),
    ).toBeNull();
    expect(findMisfit(bar(day, { field: "gone", type: "quantitative" }), [])).toBeNull();
  });

  test("that does not fit says why", () => {
    expect(findMisfit(bar(day, { field: "gone", type: "quantitative" }), rows)).toMatch(/reads "gone"/);
    expect(findMisfit(bar(day, { field: "place.name", type: "quantitative" }), rows)).toMatch(/for a number/);
    expect(findMisfit(bar({ field: "currency", type: "temporal" }, { field: "money" }), rows)).toMatch(
      /for a time/,
    );
    const layered = { layer: [bar(day, { field: "gone", type: "quantitative" })] };
    expect(findMisfit(layered, rows)).toMatch(/reads "gone"/);
  });

  test("tells the unit of each number in its titles, and time by UTC", () => {
    const prepared = prepareSpec(
      bar(day, { field: "place.sum", type: "quantitative" }),
      { "place.sum": { column: "currency" } },
      { rows, variables: {} },
    );
    expect(prepared).toMatchObject({
      encoding: { x: { scale: { type: "utc" } }, y: { title: "Place sum (GBP, USD)" } },
    });
    const own = bar(day, { field: "money", type: "quantitative", title: "Turnover" });
    const titleFor = (unit: string | { variable: string }) =>
      prepareSpec(own, { money: unit }, { rows, variables: { to: "EUR" } });
    expect(titleFor("USD")).toMatchObject({ encoding: { y: { title: "Turnover (USD)" } } });
    expect(titleFor({ variable: "to" })).toMatchObject({ encoding: { y: { title: "Turnover (EUR)" } } });
  });
});

test("rows for a picture have numbers, and the rows themselves stay exact", () => {
  const columns = [
    { name: "money", kind: "decimal" as const },
    { name: "place.sum", kind: "decimal" as const },
  ];
  const before = structuredClone(rows);
  const plotted = toPlottedRows(rows, columns);
  expect(plotted[0]).toMatchObject({ money: 12345678901234568, place: { sum: 1.5 }, __row: 0 });
  expect(plotted[1]).toMatchObject({ money: null, place: null, __row: 1 });
  expect(rows).toEqual(before);
});

test("figures are shown exact, whatever their length", () => {
  expect(formatValue("12345678901234567.89", "decimal")).toBe("12,345,678,901,234,567.89");
  expect(formatValue("-1234.50", "decimal")).toBe("−1,234.50");
  expect(formatValue(1234567, "number")).toBe("1,234,567");
  expect(formatValue("00501", "text")).toBe("00501");
  expect(formatValue(null, "decimal")).toBe("–");
  expect(formatValue("2026-01-02T03:04:05.678Z", "dateTime")).toBe("2026-01-02 03:04:05 UTC");
  expect(groupDigits("1e21")).toBe("1e21");
  expect([0, 119_000, 120_000, 7_200_000, 172_800_000].map(formatSpan)).toEqual([
    "0 s",
    "119 s",
    "2 min",
    "2 h",
    "2 days",
  ]);
});

test("a unit is a text, or what a column or variable tells", () => {
  const [row = {}] = rows;
  expect(unitOf("USD", row, {})).toBe("USD");
  expect(unitOf({ column: "currency" }, row, {})).toBe("GBP");
  expect(unitOf({ variable: "in.currency" }, row, { in: { currency: "EUR" } })).toBe("EUR");
  expect(unitOf({ variable: "none" }, row, {})).toBe("");
  expect(unitOf(null, row, {})).toBe("");
});
