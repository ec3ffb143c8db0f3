import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { generateTotesys } from "../../../src/domains/totesys/sample/generate.ts";

const read = (scale: number, seed: number, clean = false, end = "2024-04-11") =>
  new Map([...generateTotesys({ scale, seed, clean, end })].map(({ file, lines }) => [file, [...lines]]));

describe("totesys.md, generator", { timeout: 60_000 }, () => {
  const files = read(1, 42);
  const clean = read(1, 42, true);
  const linesOf = (file: string) => files.get(file) ?? [];

  test("gives the same bytes for the same options, others for another seed, scale or end", () => {
    const hash = (...options: Parameters<typeof read>) =>
      createHash("sha256")
        .update(JSON.stringify([...read(...options)]))
        .digest("hex")
        .slice(0, 16);
    const all = [
      hash(0.02, 42),
      hash(0.02, 43),
      hash(0.03, 42),
      hash(0.02, 42, true),
      hash(0.02, 42, false, "2026-01-01"),
    ];
    expect(new Set(all).size).toBe(5);
    // Golden: data that people have seen and documented must not change by accident.
    expect(hash(0.02, 42)).toMatchInlineSnapshot(`"413800faaaf4402c"`);
  });

  test.each([
    ["30 addresses", "address.csv", 31],
    ["20 counterparties", "counterparty.csv", 21],
    ["3 currencies", "currency.json", 4],
    ["8 departments", "department.csv", 9],
    ["20 staff", "staff.csv", 21],
    ["473 designs", "design.ndjson", 473],
  ])("%s", (_, file, lines) => {
    expect(linesOf(file)).toHaveLength(lines);
  });

  test.each([
    ["about 11,000 sales orders", "sales_order.csv", 11_000],
    ["about 4,600 purchase orders", "purchase_order.csv", 4600],
    ["their transactions", "transaction.csv", 15_600],
    ["their payments", "payment.csv", 15_600],
  ])("%s", (_, file, rows) => {
    const found = (clean.get(file) ?? []).length - 1;
    // 0.2 % are deleted.
    expect(found).toBeLessThan(rows);
    expect(found).toBeGreaterThan(rows * 0.995);
  });

  test("clean rows are in order; others in none, with every kind of dirt", () => {
    const ids = (lines: readonly string[]) => lines.slice(1).map((line) => Number(line.split(",")[0]));
    const inOrder = ids(clean.get("sales_order.csv") ?? []);
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    const dirty = ids(linesOf("sales_order.csv")).slice(0, 100);
    expect(dirty).not.toEqual(dirty.toSorted((a, b) => a - b));
    expect(linesOf("sales_order.csv").join("\n")).toMatch(/,2023-02-30,/);
    expect(linesOf("transaction.csv").some((line) => /^\d+,SALE,\d+\.0,(NULL)?,/.test(line))).toBe(true);
    expect(linesOf("transaction.csv").some((line) => /,SALE,(NULL)?,(NULL)?,/.test(line))).toBe(true);
    expect(linesOf("address.csv").join()).toContain(",Leds,");
    expect(linesOf("currency_rate.csv").some((line) => line.endsWith(",0"))).toBe(true);
    expect([...clean.values()].flat().join("\n")).not.toMatch(/Leds|NULL|-02-30|,soon,/);
  });
});
