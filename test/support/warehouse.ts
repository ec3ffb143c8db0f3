import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { calendar } from "../../src/domains/calendar/index.ts";
import type { softcartImports } from "../../src/domains/softcart/imports.ts";
import { softcart } from "../../src/domains/softcart/index.ts";
import { type ImportOptions, type ImportSummary, importFiles } from "../../src/imports/import-files.ts";
import { defineDomain, defineProject } from "../../src/models/project.ts";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { clearChanges } from "./changes.ts";

/** The warehouse's files and tables, without its models: enough for an import. */
const warehouseDomain = defineDomain({ ...softcart, models: [], access: { roles: {} } });

export const warehouseProject = defineProject({
  sql: "sql",
  domains: [defineDomain({ ...calendar, models: [], access: { roles: {} } }), warehouseDomain],
});

export type WarehouseImport = keyof typeof softcartImports;

/** Writes files into a folder of its own, which goes when the test ends. */
export async function writeFolder(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-warehouse-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  return dir;
}

/** Imports files that are given as text. */
export async function importTexts(
  admin: MariaDb,
  name: WarehouseImport,
  files: Readonly<Record<string, string | Buffer>>,
  options: Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  return importFiles({ admin, domain: warehouseDomain, name, dir: await writeFolder(files), ...options });
}

const tables = [
  "softcart_sales",
  "softcart_sales_seen",
  "softcart_sales_former",
  "fact_orders",
  "fact_orders_date",
  "fact_ecommerce",
  "catalog_product",
  "dim_country",
  "dim_category",
  "dim_item",
  "dim_date",
  "vitrine_import_reject",
  "vitrine_import_run",
];

/** Deletes all rows of the warehouse, so that tests of one file can share a database. */
export async function emptyWarehouse(admin: MariaDb): Promise<void> {
  await admin.withConnection(async (connection) => {
    for (const table of tables) await connection.run(`delete from ${table}`);
    await clearChanges(connection);
  });
}

/** The sales with their facts; ids that no source tells count as none, and so does a time of the import. */
export const readSales = (admin: MariaDb) =>
  admin.query(
    `select if(s.row_id < 0, null, s.row_id) as row_id, s.product_id, s.customer_id, s.price, s.quantity,
      if(s.is_timed, s.sold_at, null) as sold_at, s.told_to,
      f.row_id is not null and f.date_id = date_format(s.sold_at, '%Y%m%d') and f.price = s.price
        and f.product_id = s.product_id and f.customer_id = s.customer_id and f.quantity = s.quantity
        and f.total_price = s.price * s.quantity as is_fact
    from softcart_sales s left join fact_sales f on f.row_id = s.row_id
    order by 1, 2, 3, 4, 5, 6`,
  );

/** What an import had to remark: `file:line column: reason`. */
export const describeRejects = async (admin: MariaDb): Promise<readonly string[]> =>
  (
    await admin.query<{ text: string }>(
      `select concat(severity, ' ', file, ':', \`row\`, ' ', coalesce(concat(\`column\`, ': '), ''), reason) as text
      from vitrine_import_reject order by file, \`row\``,
    )
  ).map(({ text }) => text);

/** The same sales as the files tell them: by the till, old, new, and others. */
export const saleFiles = {
  oltp: "10,100,9.50,2,2020-01-31 10:30:17\n11,101,20,1,2020-02-01 23:59:59\n",
  old: "1,10,100,9.50,2,2020-01-31 10:30\n",
  fresh: "2,11,101,20,1\n",
  all: "rowid, product_id, customer_id, price, quantity, timestamp\n1,10,100,9.50,2, 2020-01-31 10:30:17\n7,12,102,5,3, 2021-03-04 05:06:07\n",
} as const;
