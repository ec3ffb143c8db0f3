import { beforeEach } from "vitest";
import { type ImportOptions, type ImportSummary, importFiles } from "../../src/imports/import-files.ts";
import type { Row } from "../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { emptyShop } from "./empty-shop.ts";
import { openForFile } from "./open-for-file.ts";
import { type ShopFile, type ShopFileChange, shopDomain, shopProject, writeShopFiles } from "./shop-files.ts";

/** What tests of an import ask of a shop that is empty before each of them. */
export interface ShopImports {
  readonly database: TestDatabase;
  importFrom(dir: string, options?: Partial<ImportOptions>): Promise<ImportSummary>;
  /** The five files of `shop-files.ts`, with changes. */
  importShop(
    changes?: Partial<Record<ShopFile, ShopFileChange>>,
    options?: Partial<ImportOptions>,
  ): Promise<ImportSummary>;
  query: TestDatabase["admin"]["query"];
  /** Every remark as `severity file:line column value – reason`. */
  remarks(): Promise<readonly string[]>;
  /** Lines and money of all orders. */
  readSales(): Promise<readonly [readonly Row[], readonly Row[]]>;
  /** Which orders kept their lines, and why: each as `keeps` says it. */
  readKept(): Promise<readonly Row[]>;
}

/** Opens the shop for the tests of a file. */
export function openShopImports(): ShopImports {
  const database = openForFile(() => openTestDatabase({ project: shopProject }));
  beforeEach(() => emptyShop(database.admin));
  const query: ShopImports["query"] = (sql, values) => database.admin.query(sql, values);
  const importFrom: ShopImports["importFrom"] = (dir, options = {}) =>
    importFiles({ admin: database.admin, domain: shopDomain, dir, ...options });
  return {
    database,
    query,
    importFrom,
    importShop: async (changes = {}, options = {}) => importFrom(await writeShopFiles(changes), options),
    remarks: async () =>
      (await query("select * from vitrine_import_reject order by file, `row`, import_reject_id")).map(
        (r) => `${r.severity} ${r.file}:${r.row} ${r.column} ${r.value} – ${r.reason}`,
      ),
    readSales: () =>
      Promise.all([
        query("select order_id, product_id, quantity, unit_price from orderline order by 1, 2"),
        query("select order_id, subtotal, sales_tax from `order` order by 1"),
      ]),
    readKept: () =>
      query("select value, reason from vitrine_import_reject where severity = 'warning' order by value"),
  };
}

/** A remark that an order was left as it was. */
export const keeps = (order: number, why: string) => ({
  value: String(order),
  reason: `this order keeps its lines and total: ${why}`,
});

/** Changes both prices in `products.csv`. */
export const newPrices = (text: string) => text.replace("$42.99", "$55.00").replace("$1,279.99", "$999.00");

/** Adds a line to a file. */
export const append = (line: string) => (text: string) => `${text}${line}\n`;
