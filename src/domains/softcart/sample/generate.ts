import type { GeneratedFile, GenerateOptions } from "../../../models/project.ts";
import { generateCatalog } from "./generate-catalog.ts";
import { generateEcommerce } from "./generate-ecommerce.ts";
import { countries, generateDates, generateOrders, orderCategories } from "./generate-orders.ts";
import { createSales, generateOltp, generateSales } from "./generate-sales.ts";

/** Lines of a file at scale 1, as in the field. */
const lineCounts = { sold: 2605, soldBefore: 1301, firstId: 104, lastId: 12_289 } as const;
const products = 438;
const orderCount = 300_000;
const ecommerceCount = 68_003;

/**
 * The files of the warehouse, as they come in from the field: the sales of sales_olddata.csv and sales_newdata.csv are
 * those of oltpdata.csv in order, and sales.csv tells of the same row ids the same. Lazy, in constant memory at any
 * scale; equal options give equal bytes. All is of three whole years: 2019 to 2021 as in the field, or the last before
 * the year of `end`. Unless `clean`, with the dirt that occurs: byte order marks, stray blanks, days before months,
 * units of several kinds, and dates that contradict the calendar.
 */
export function generateSoftcart({ scale, seed, clean, end }: GenerateOptions): readonly GeneratedFile[] {
  const count = (atScale1: number): number => Math.max(2, Math.round(atScale1 * scale));
  const firstYear = (end === undefined ? 2022 : Number(end.slice(0, 4))) - 3;
  const [sold, soldBefore, lastId] = [
    count(lineCounts.sold),
    count(lineCounts.soldBefore),
    count(lineCounts.lastId),
  ];
  const firstId = Math.max(1, Math.round(lineCounts.firstId * scale));
  const sales = createSales({ seed, scale, firstYear, lastId });
  const mark = clean ? "" : "\u{feff}";
  const file = (name: string, expectedLines: number, lines: Iterable<string>): GeneratedFile => ({
    file: name,
    expectedLines,
    lines,
  });
  return [
    file("oltpdata.csv", sold, generateOltp(sales, sold)),
    file("sales_olddata.csv", soldBefore, generateSales(sales, "old", { from: 1, to: soldBefore, clean })),
    file(
      "sales_newdata.csv",
      sold - soldBefore,
      generateSales(sales, "new", { from: soldBefore + 1, to: sold, clean }),
    ),
    file(
      "sales.csv",
      lastId - firstId + 2,
      generateSales(sales, "all", { from: firstId, to: lastId, clean }),
    ),
    file("catalog.json", count(products), generateCatalog(count(products), seed, clean)),
    file("DimDate.csv", 1097, generateDates(firstYear, clean)),
    file("DimCategory.csv", 6, dimension("category", orderCategories, mark)),
    file("DimCountry.csv", 57, dimension("country", countries, mark)),
    file("FactSales.csv", count(orderCount) + 1, generateOrders(count(orderCount), seed, firstYear)),
    file(
      "ecommerce.csv",
      count(ecommerceCount) + 1,
      generateEcommerce(count(ecommerceCount), seed, firstYear),
    ),
  ];
}

function* dimension(name: string, values: readonly string[], mark: string): Generator<string> {
  yield `${mark}${name}id,${name}`;
  for (const [index, value] of values.entries()) yield `${index + 1},${value}`;
}
