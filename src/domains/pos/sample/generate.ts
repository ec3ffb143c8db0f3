import type { GeneratedFile, GenerateOptions } from "../../../models/project.ts";
import { generateProducts, generateTaxRates } from "./generate-goods.ts";
import { generateCustomers } from "./generate-people.ts";
import { createPlaces } from "./generate-places.ts";
import { createSales, generateOrderLines, generateOrders } from "./generate-sales.ts";

/**
 * The five files of a furniture retailer's point of sale, as they come in from the field: 8,000 customers,
 * 25,000 orders of 154,000 units, 4,000 products and 41,000 tax rates at scale 1. Lazy, in constant
 * memory at any scale; equal options give equal bytes, and another end moves the same orders. Unless `clean`, with every kind of dirt that
 * occurs: byte order mark, CRLF, lost zeros, repeated headers, prices in four forms, lines to be refused.
 */
export function generatePos({ scale, seed, clean, end }: GenerateOptions): readonly GeneratedFile[] {
  const places = createPlaces(seed, scale, clean);
  const products = Math.max(5, Math.round(4000 * scale));
  const options = { seed, scale, clean, products, end: toMoment(end) };
  const { customers, orders } = createSales(options);
  return [
    {
      file: "customers.csv",
      expectedLines: customers,
      lines: generateCustomers(customers, seed, clean, places),
    },
    { file: "orders.csv", expectedLines: orders, lines: generateOrders(options) },
    { file: "orderlines.csv", expectedLines: Math.round(orders * 6.1), lines: generateOrderLines(options) },
    { file: "products.csv", expectedLines: products, lines: generateProducts(products, seed, clean) },
    { file: "TAXRATES.csv", expectedLines: places.count, lines: generateTaxRates(seed, clean, places) },
  ];
}

/** Milliseconds of the start of a day, UTC. */
const toMoment = (day: string | undefined): number =>
  Date.parse(day ?? new Date().toISOString().slice(0, "2026-12-31".length));
