import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { generateSoftcart } from "../../../src/domains/softcart/sample/generate.ts";

const read = (scale: number, seed: number, clean = false, end?: string) =>
  new Map(
    [...generateSoftcart({ scale, seed, clean, ...(end === undefined ? {} : { end }) })].map(
      ({ file, lines }) => [file, [...lines]],
    ),
  );
const linesOf = (files: ReadonlyMap<string, readonly string[]>, file: string): readonly string[] =>
  files.get(file) ?? [];

// Half a million lines are looked at.
describe("softcart.md, generator", { timeout: 60_000 }, () => {
  const files = read(1, 42);

  test("gives the same bytes for the same options, others for another seed, scale or end", () => {
    const hash = (...options: Parameters<typeof read>) =>
      createHash("sha256")
        .update(JSON.stringify([...read(...options)]))
        .digest("hex")
        .slice(0, 16);
    expect(hash(0.02, 42)).toBe(hash(0.02, 42));
    const others = [
      hash(0.02, 43),
      hash(0.03, 42),
      hash(0.02, 42, true),
      hash(0.02, 42, false, "2026-01-01"),
    ];
    expect(new Set([hash(0.02, 42), ...others]).size).toBe(5);
    // Golden: data that people have seen and documented must not change by accident.
    expect(hash(0.02, 42)).toMatchInlineSnapshot(`"bd179f84e98b3e7c"`);
  });

  test.each([
    ["oltpdata.csv: 2,605 rows, no header", "oltpdata.csv", 2605],
    ["sales_olddata.csv: rowid 1…1301", "sales_olddata.csv", 1301],
    ["sales_newdata.csv: rowid 1302…2605", "sales_newdata.csv", 1304],
    ["sales.csv: a header, rowid 104…12289", "sales.csv", 12_187],
    ["catalog.json: NDJSON, 438 documents", "catalog.json", 438],
    ["DimDate.csv: 2019–2021", "DimDate.csv", 1097],
    ["DimCategory.csv: 5 categories", "DimCategory.csv", 6],
    ["DimCountry.csv: 56 countries", "DimCountry.csv", 57],
    ["FactSales.csv: 300,000 rows", "FactSales.csv", 300_001],
    ["ecommerce.csv: 68,003 rows", "ecommerce.csv", 68_004],
  ])("%s", (_, file, lines) => {
    expect(linesOf(files, file)).toHaveLength(lines);
  });

  test("old + new = the rows of oltpdata, and sales.csv tells of the same row ids the same", () => {
    const oltp = linesOf(files, "oltpdata.csv").map((line) => line.split(","));
    const numbered = [...linesOf(files, "sales_olddata.csv"), ...linesOf(files, "sales_newdata.csv")].map(
      (line) => line.split(","),
    );
    expect(numbered.map(([rowId]) => Number(rowId))).toEqual(oltp.map((_, index) => index + 1));
    expect(numbered.map((fields) => fields.slice(1, 5))).toEqual(oltp.map((fields) => fields.slice(0, 4)));
    for (const [index, fields] of numbered.slice(0, 1301).entries()) {
      const time = oltp[index]?.[4] ?? "";
      const [year, month, day] = time.slice(0, 10).split("-");
      expect([time.slice(0, 16), `${day}/${month}/${year}${time.slice(10, 16)}`]).toContain(fields[5]);
    }
    expect(numbered.slice(1301).every((fields) => fields.length === 5)).toBe(true);
    const all = linesOf(files, "sales.csv")
      .slice(1)
      .map((line) => line.split(","));
    expect([all[0]?.[0], all.at(-1)?.[0]]).toEqual(["104", "12289"]);
    for (const [rowId, ...fields] of all.slice(0, 2605 - 103))
      expect(fields.map((field) => field.trim())).toEqual(oltp[Number(rowId) - 1]);
  });

  test("has equal sales, in the same second and at another time", () => {
    const oltp = linesOf(files, "oltpdata.csv");
    const goods = oltp.map((line) => line.slice(0, line.lastIndexOf(",")));
    expect(oltp.length - new Set(oltp).size).toBe(5);
    expect(goods.length - new Set(goods).size).toBeGreaterThanOrEqual(10);
  });

  test("has the dirt of the field, and none when clean", () => {
    expect(
      linesOf(files, "sales_olddata.csv").some((line) => /,\d\d\/\d\d\/\d{4} \d\d:\d\d$/.test(line)),
    ).toBe(true);
    expect(linesOf(files, "sales.csv")[0]).toBe("rowid, product_id, customer_id, price, quantity, timestamp");
    expect(linesOf(files, "sales.csv")[1]).toMatch(/, \d{4}-/);
    expect(linesOf(files, "DimCountry.csv")[0]).toBe("\u{feff}countryid,country");
    const catalog = linesOf(files, "catalog.json").join("\n");
    for (const part of ['"screen size":', '"hard disk":', '"500MB"', '"1TB"', '"type":"smart phone"'])
      expect(catalog).toContain(part);
    const clean = [...read(1, 42, true)].flatMap(([, lines]) => lines).join("\n");
    expect(clean).not.toMatch(/\u{feff}|, |\d\/\d|500MB|inch/u);
  });

  test("DimDate.csv: day and month swapped where possible in 2020/21, the last day of a quarter carries the next one", () => {
    const right = linesOf(read(1, 42, true), "DimDate.csv").map((line) => line.split(","));
    const dirty = linesOf(files, "DimDate.csv").map((line) => line.split(","));
    const differing = dirty.flatMap((fields, index) =>
      JSON.stringify(fields) === JSON.stringify(right[index]) ? [] : [index],
    );
    const isSwappable = ([, date = ""]: readonly string[]) =>
      date > "2020" && Number(date.slice(8)) <= 12 && date.slice(8) !== date.slice(5, 7);
    const isLast = ([, date = ""]: readonly string[]) => /-(03-31|06-30|09-30|12-31)$/.test(date);
    const expected = right.flatMap((fields, index) =>
      index > 0 && (isSwappable(fields) || isLast(fields)) ? [index] : [],
    );
    expect(differing).toEqual(expected);
    expect(differing).toHaveLength(264 + 12);
    expect(dirty[90]?.slice(1, 5)).toEqual(["2019-03-31", "2019", "2", "Q2"]);
    expect(right[1]).toEqual(["1", "2019-01-01", "2019", "1", "Q1", "1", "January", "1", "2", "Tuesday"]);
  });

  test("FactSales.csv: uniform dates, countries and categories, amounts 8…8,000", () => {
    const orders = linesOf(files, "FactSales.csv")
      .slice(1)
      .map((line) => line.split(",").map(Number));
    for (const [column, kinds] of [
      [1, 1096],
      [2, 56],
      [3, 5],
    ] as const) {
      const counts = new Map<number, number>();
      for (const order of orders) counts.set(order[column] ?? 0, (counts.get(order[column] ?? 0) ?? 0) + 1);
      expect([Math.min(...counts.keys()), Math.max(...counts.keys()), counts.size]).toEqual([
        1,
        kinds,
        kinds,
      ]);
      // Six standard deviations.
      const mean = orders.length / kinds;
      for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
    }
    const amounts = orders.map((order) => order[4] ?? 0);
    const least = amounts.reduce((a, b) => Math.min(a, b));
    const most = amounts.reduce((a, b) => Math.max(a, b));
    expect(least).toBeGreaterThanOrEqual(8);
    expect(least).toBeLessThan(9);
    expect(most).toBeLessThanOrEqual(8000);
    expect(most).toBeGreaterThan(7999);
  });

  test("is of the three years before that of the end", () => {
    const moved = read(0.05, 42, false, "2026-06-30");
    const years = (file: string, year: (line: string) => string | undefined) =>
      [...new Set(linesOf(moved, file).slice(1).map(year))].sort();
    const expected = ["2023", "2024", "2025"];
    expect(years("DimDate.csv", (line) => line.split(",")[2])).toEqual(expected);
    expect(years("ecommerce.csv", (line) => line.split(",")[3])).toEqual(expected);
    expect(years("sales.csv", (line) => line.split(",")[5]?.trim().slice(0, 4))).toEqual(expected);
  });

  test("starts at once and stays lazy at scale 100", () => {
    for (const { file, lines } of generateSoftcart({ scale: 100, seed: 42, clean: false })) {
      if (file.startsWith("Dim")) continue;
      let n = 0;
      for (const _ of lines) if (++n === 1000) break;
      expect(n, file).toBe(1000);
    }
  });
});
