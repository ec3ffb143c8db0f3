import { describe, expect, test } from "vitest";
import type { DescribedTable } from "../../../../src/web/graphiql/describe-run.ts";
import { limitBars, toSpec } from "../../../../src/web/graphiql/draw-choice.ts";
import {
  fitMark,
  listChoices,
  type Mark,
  marks,
  pickChart,
  withoutTotals,
} from "../../../../src/web/graphiql/pick-chart.ts";
import type { ColumnKind, Row } from "../../../../src/web/shared/chart/chart-rows.ts";

const table = (
  columns: Readonly<Record<string, ColumnKind>>,
  rows: readonly Row[],
  level: string | null = null,
): DescribedTable => ({
  path: "sales",
  columns: Object.entries(columns).map(([name, kind]) => ({ name, kind })),
  rows,
  level,
  isTotal: (row) => level !== null && row[level] === 0,
  isAdditive: (name) => ["revenue", "units"].includes(name),
  isMeasure: (name) => !["product", "level", "month"].includes(name),
});
const months = ["2026-01-01", "2026-02-01", "2026-03-01"];

describe("The picture that rows call for", () => {
  test("is a line over a date, with a line for each of few texts", () => {
    const rows = months.flatMap((day) => ["EUR", "USD"].map((currency) => ({ day, currency, revenue: "1" })));
    const columns = { day: "date", currency: "text", revenue: "decimal" } as const;
    expect(pickChart(table(columns, rows))).toEqual({
      mark: "line",
      by: "day",
      measure: "revenue",
      series: "currency",
    });
    const euros = rows.filter(({ currency }) => currency === "EUR");
    expect(pickChart(table(columns, euros))).toMatchObject({ mark: "line", series: null });
  });

  test("adds up what stands at one place, or shows points where there is no such sum", () => {
    const rows = months.flatMap((day) =>
      Array.from({ length: 40 }, (_, index) => ({ day, country: `c${index}`, revenue: "1", price: "2" })),
    );
    const columns = { day: "date", country: "text" } as const;
    const sums = table({ ...columns, revenue: "decimal" }, rows);
    const choice = pickChart(sums);
    expect(choice).toMatchObject({ mark: "line", series: null });
    if (choice) expect(JSON.stringify(toSpec(choice, sums, rows))).toContain('"aggregate":"sum"');
    expect(pickChart(table({ ...columns, price: "decimal" }, rows))).toMatchObject({ mark: "points" });
  });

  test("is bars for one text, rather by a name than by a number that is a key", () => {
    const rows = ["Oak", "Ash"].map((name, index) => ({ product: index, revenue: "1", document: { name } }));
    const columns = { product: "number", revenue: "decimal", "document.name": "text" } as const;
    expect(pickChart(table(columns, rows))).toEqual({
      mark: "bars",
      by: "document.name",
      measure: "revenue",
      series: null,
    });
    expect(
      pickChart(
        table({ month: "number", units: "decimal" }, [
          { month: 1, units: "1" },
          { month: 2, units: "2" },
        ]),
      ),
    ).toMatchObject({ mark: "bars", by: "month" });
  });

  test("is stacked bars for two texts, the fewer as colours, and grouped where parts make no sum", () => {
    const rows = ["TX", "CA", "NY"].flatMap((state) =>
      ["new", "old"].map((kind) => ({ state, kind, revenue: "1", price: "2" })),
    );
    const columns = { state: "text", kind: "text" } as const;
    expect(pickChart(table({ ...columns, revenue: "decimal" }, rows))).toEqual({
      mark: "stacked bars",
      by: "state",
      measure: "revenue",
      series: "kind",
    });
    expect(pickChart(table({ ...columns, price: "decimal" }, rows))).toMatchObject({ mark: "grouped bars" });
  });

  test("shows each figure of one place as a point where they make no sum, whoever chose the mark", () => {
    const rows = ["TX", "CA"].flatMap((state) =>
      ["new", "old"].flatMap((kind) =>
        ["a", "b", "c"].map((city) => ({ state, kind, city, price: "100.00" })),
      ),
    );
    const three = table({ state: "text", kind: "text", city: "text", price: "decimal" }, rows);
    const picked = pickChart(three);
    expect(picked).toMatchObject({ mark: "points", measure: "price" });
    for (const mark of marks)
      expect(
        toSpec({ mark, by: "state", measure: "price", series: "kind" }, three, rows),
        mark,
      ).toMatchObject({ mark: "point", encoding: { y: { field: "state" }, x: { field: "price" } } });
    // More parts than colours: bars of the first text, of which there are many rows.
    const many = Array.from({ length: 40 }, (_, index) => ({
      state: `s${index % 20}`,
      city: `c${index}`,
      price: "1",
    }));
    expect(pickChart(table({ state: "text", city: "text", price: "decimal" }, many))?.mark).toBe("points");
  });

  test("has room for sixty names one below the other, and for every day", () => {
    const rows = Array.from({ length: 70 }, (_, index) => ({ city: `c${index}`, price: "1" }));
    const { columns } = table({ city: "text", day: "date", price: "decimal" }, rows);
    const kept = (mark: Mark, by: string) =>
      limitBars(rows, { mark, by, measure: "price", series: null }, columns).length;
    expect([kept("points", "city"), kept("bars", "city"), kept("donut", "city")]).toEqual([60, 60, 60]);
    expect([kept("points", "day"), kept("line", "city")]).toEqual([70, 70]);
  });

  test("neither stacks nor cuts into slices what makes no sum, nor hides one bar behind another", () => {
    const rows = ["TX", "CA"].flatMap((state) => ["new", "old"].map((kind) => ({ state, kind, price: "1" })));
    const prices = table({ state: "text", kind: "text", price: "decimal" }, rows);
    const drawn = (mark: Mark, by: string, series: string | null, some: readonly Row[]) =>
      fitMark({ mark, by, measure: "price", series }, prices, some);
    for (const mark of ["bars", "stacked bars", "grouped bars"] as const) {
      expect(drawn(mark, "state", "kind", rows)).toBe("grouped bars");
      const spec = toSpec({ mark, by: "state", measure: "price", series: "kind" }, prices, rows);
      expect(spec).toMatchObject({
        encoding: { x: { field: "price", stack: null }, yOffset: { field: "kind" } },
      });
    }
    expect(drawn("donut", "state", "kind", rows)).toBe("points");
    expect(drawn("donut", "state", null, rows.slice(1, 3))).toBe("bars");
    expect(drawn("line", "state", "kind", rows)).toBe("line");
  });

  test("is a donut for a share of few", () => {
    const rows = ["a", "b"].map((state) => ({ state, revenue: "1", share: { revenue: "0.5" } }));
    expect(pickChart(table({ state: "text", revenue: "decimal", "share.revenue": "decimal" }, rows))).toEqual(
      { mark: "donut", by: "state", measure: "share.revenue", series: null },
    );
  });

  test("is none without a number or without anything to show it by, and leaves totals out", () => {
    expect(pickChart(table({ state: "text" }, [{ state: "TX" }]))).toBeNull();
    expect(pickChart(table({ revenue: "decimal" }, [{ revenue: "1" }]))).toBeNull();
    const rolled = table(
      { level: "number", state: "text", revenue: "decimal" },
      [
        { level: 1, state: "TX", revenue: "1" },
        { level: 0, state: null, revenue: "1" },
      ],
      "level",
    );
    expect(withoutTotals(rolled)).toHaveLength(1);
    expect(listChoices(rolled).keys.map(({ name }) => name)).toEqual(["state"]);
  });
});
