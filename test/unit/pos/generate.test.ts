import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { generatePos } from "../../../src/domains/pos/sample/generate.ts";

const read = (scale: number, seed: number, clean = false, end = "2008-01-01") =>
  new Map([...generatePos({ scale, seed, clean, end })].map(({ file, lines }) => [file, [...lines]]));
const rowsOf = (files: Map<string, string[]>, file: string) =>
  (files.get(file) ?? []).slice(1).map((line) => line.split(","));

describe("generatePos", () => {
  test("gives the same bytes for the same seed, others for another", () => {
    const hash = (seed: number) =>
      createHash("sha256")
        .update(JSON.stringify([...read(0.02, seed)]))
        .digest("hex")
        .slice(0, 16);
    expect(hash(42)).toBe(hash(42));
    expect(hash(42)).not.toBe(hash(43));
    // Golden: data that people have seen and documented must not change by accident.
    expect(hash(42)).toMatchInlineSnapshot(`"15f5b9d233a5f540"`);
  });

  test("moves the same orders to another end, which is today unless it is given", () => {
    const day = 86_400_000;
    const moved = (end: string) =>
      rowsOf(read(0.01, 42, true, end), "orders.csv").map(([order, customer, placed = "", fate = ""]) => {
        const since = (text: string) => (Date.parse(`${text.replace(" ", "T")}Z`) - Date.parse(end)) / day;
        return [order, customer, since(placed), /^\d/.test(fate) ? since(fate) : fate];
      });
    expect(moved("2024-03-01")).toEqual(moved("2008-01-01"));
    const before = Date.now();
    const [, orders] = [...generatePos({ scale: 0.01, seed: 42, clean: true })];
    const last = [...(orders?.lines ?? [])].at(-1)?.split(",")[2] ?? "";
    const days = [before, Date.now()].map((now) => new Date(now - day).toISOString().slice(0, 10));
    expect(days).toContain(last.slice(0, 10));
  });

  test("has the sizes of the field at scale 1", () => {
    const files = read(1, 42, true);
    const count = (file: string) => (files.get(file)?.length ?? 0) - 1;
    expect(count("customers.csv")).toBe(8000);
    expect(count("products.csv")).toBe(4000);
    expect(count("TAXRATES.csv")).toBe(41_000);
    expect(Math.abs(count("orders.csv") - 25_000)).toBeLessThan(500);
    expect(Math.abs(count("orderlines.csv") - 154_000)).toBeLessThan(1500);
    expect(Math.abs(new Set(files.get("orderlines.csv")).size - 77_000)).toBeLessThan(1000);
  });

  test("lets 4 % of the customers buy nothing and the others 1 to 11 times", () => {
    const orders = new Map<string, number>();
    for (const [, customer] of rowsOf(read(0.5, 7, true), "orders.csv"))
      orders.set(customer ?? "", (orders.get(customer ?? "") ?? 0) + 1);
    expect(orders.size).toBe(4000 * 0.96);
    expect(Math.min(...orders.values())).toBe(1);
    expect(Math.max(...orders.values())).toBe(11);
  });

  test("places orders in the three years up to the end, more and more, cancels 7 % and leaves the newest unshipped", () => {
    const orders = rowsOf(read(0.2, 42, true), "orders.csv");
    const times = orders.map(([, , placed]) => Date.parse(`${placed?.replace(" ", "T")}Z`));
    const gaps = times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 3_600_000);
    expect(orders[0]?.[2]).toMatch(/^2005-01-01/);
    expect(orders.at(-1)?.[2]).toMatch(/^2007-12-31 23:59:59/);
    expect(orders.map(([, , , shipped = ""]) => shipped).filter((one) => one > "2008" && one < "A")).toEqual(
      [],
    );
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    const mean = (some: readonly number[]) => some.reduce((sum, gap) => sum + gap, 0) / some.length;
    expect(mean(gaps.slice(0, 500)) / mean(gaps.slice(-500))).toBeGreaterThan(1.5);
    expect(orders.at(-1)?.[3]).toBe("");
    const cancelled = orders.filter(([, , , fate]) => fate === "Cancelled").length / orders.length;
    expect(cancelled).toBeGreaterThan(0.05);
    expect(cancelled).toBeLessThan(0.09);
    expect(orders.findIndex(([, , , fate]) => fate === "")).toBeGreaterThan(orders.length * 0.97);
  });

  test("sells 1 to 5 products of 1 to 3 units per order, and ships after 2 to 18 days", () => {
    const files = read(0.2, 42, true);
    const units = new Map<string, Map<string, number>>();
    for (const [order = "", product = ""] of rowsOf(files, "orderlines.csv")) {
      const lines = units.get(order) ?? new Map<string, number>();
      units.set(order, lines.set(product, (lines.get(product) ?? 0) + 1));
    }
    const products = [...units.values()].map((lines) => lines.size);
    const pieces = [...units.values()].flatMap((lines) => [...lines.values()]);
    expect([Math.min(...products), Math.max(...products)]).toEqual([1, 5]);
    expect([Math.min(...pieces), Math.max(...pieces)]).toEqual([1, 3]);
    const moment = (text = "") => Date.parse(`${text.replace(" ", "T")}Z`);
    const days = rowsOf(files, "orders.csv")
      .map(([, , placed, shipped]) => (moment(shipped) - moment(placed)) / 86_400_000)
      .filter((one) => !Number.isNaN(one));
    expect(days.length).toBeGreaterThan(1000);
    expect(Math.min(...days)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...days)).toBeLessThanOrEqual(18);
  });

  test("leaves 30 % of the birth dates and 80 % of the second streets blank", () => {
    const customers = rowsOf(read(0.5, 42, true), "customers.csv");
    const share = (column: number) =>
      customers.filter((row) => row.at(column) === "").length / customers.length;
    expect(Math.abs(share(-1) - 0.3)).toBeLessThan(0.03);
    expect(Math.abs(share(7) - 0.8)).toBeLessThan(0.03);
  });

  test("has 24 price points and 10 to 13 customer zips without a tax rate", () => {
    const clean = rowsOf(read(1, 42, true), "products.csv").map((row) => row.at(-2));
    expect(new Set(clean).size).toBe(24);
    expect(clean).toContain("42.99");
    expect(clean).toContain("1279.99");
    for (const seed of [1, 2, 3]) {
      const files = read(0.1, seed);
      const taxed = new Set(rowsOf(files, "TAXRATES.csv").map((row) => row[1]));
      const untaxed = new Set(
        rowsOf(files, "customers.csv")
          .map((row) => row[5])
          .filter((zip) => !taxed.has(zip)),
      );
      untaxed.delete("77O01");
      untaxed.delete("77001");
      expect(untaxed.size).toBeGreaterThanOrEqual(10);
      expect(untaxed.size).toBeLessThanOrEqual(13);
    }
  });

  test("has dirt of every kind, and none when clean", () => {
    const dirty = read(0.5, 42);
    const text = (file: string) => (dirty.get(file) ?? []).join("\n");
    expect(text("customers.csv")).toMatch(/^\u{feff}ID/u);
    expect(text("customers.csv")).toMatch(/,[A-Z]{2},\d{3},/);
    expect(text("customers.csv")).toMatch(/O'Brien/);
    expect(text("customers.csv")).toMatch(/Nguyễn/);
    expect(text("customers.csv")).toMatch(/ Twp,/);
    expect(text("products.csv")).toMatch(/\r\n/);
    expect(text("products.csv")).toMatch(/,\$\d+\.\d\d,/);
    expect(text("products.csv")).toMatch(/,"\$\d,\d{3}\.\d\d",/);
    expect(text("products.csv")).toMatch(/,\$\d{2,3},/);
    expect(text("products.csv")).toMatch(/,\$\d{4}\.\d\d,/);
    expect(text("products.csv")).toMatch(/,-3/);
    expect(text("TAXRATES.csv").match(/^State,/gm)?.length).toBeGreaterThan(1);
    expect(text("orders.csv")).toMatch(/soon/);
    expect(text("orderlines.csv")).toMatch(/,x$/m);
    const clean = [...read(0.5, 42, true).values()].flat().join("\n");
    expect(clean).not.toMatch(/\r|\u{feff}|soon|Twp|Nobody|Broken|\$/u);
  });

  test("starts at once and stays lazy at scale 100", () => {
    for (const { lines } of generatePos({ scale: 100, seed: 42, clean: false, end: "2008-01-01" })) {
      let n = 0;
      for (const _ of lines) if (++n === 1000) break;
      expect(n).toBe(1000);
    }
  });
});
