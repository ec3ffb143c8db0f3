import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSample } from "../../../src/app/load-sample.ts";
import { readChangeTables } from "../../../src/core/change-tables.ts";
import { softcart } from "../../../src/domains/softcart/index.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { noProgress } from "../../../src/progress.ts";
import { quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { writeFolder } from "../../support/warehouse.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-sample-"));
});
afterAll(async () => {
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const query = (sql: string) => database.admin.query(sql);
const countOf = async (table: string) => Number((await query(`select count(*) as n from ${table}`))[0]?.n);
const run = (...args: readonly string[]) => runVitrine(database, join(dataDir, "run"), args);

/** The newest change of each captured table of the shop. */
async function readShopChanges() {
  const shop = ["city", "customer", "order", "orderline", "price_history", "product", "sales_tax"];
  const changes: unknown[] = [];
  for (const { source, name } of await readChangeTables(database.admin))
    if (shop.includes(source))
      changes.push(source, await query(`select max(vitrine_id) as id from ${quoteName(name)}`));
  return changes;
}

test("The sample of each domain is loaded with all its imports, once, and no change of the shop is logged by the warehouse", async () => {
  const { admin, project, sqlDir } = database;
  const load = (domains: typeof project.domains, end?: string) =>
    loadSample(
      { admin, project: { ...project, domains, sqlDir }, config: { dataDir } },
      { scale: 0.02, end, progress: noProgress, signal: AbortSignal.timeout(110_000) },
    );
  expect(await load(project.domains.filter(({ name }) => name === "pos"))).toEqual(["pos"]);
  const before = await readShopChanges();
  expect(before.length).toBeGreaterThan(10);
  expect(await load(project.domains)).toEqual(["softcart", "totesys"]);
  expect(await load(project.domains)).toEqual([]);
  // As if it had been stopped between two imports, to go on another day: of one sample all files have one end.
  await query("delete from vitrine_import_run where import_name in ('orders', 'ecommerce')");
  await query("delete from fact_ecommerce");
  expect(await load(project.domains, "2026-01-01")).toEqual(["softcart"]);
  expect(await query("select count(*) as n from vitrine_import_run where import_name = 'sales'")).toEqual([
    { n: "1" },
  ]);
  expect(await readShopChanges()).toEqual(before);
  // softcart.md at a fiftieth.
  const counts = [
    "softcart_sales",
    "fact_sales",
    "fact_orders",
    "fact_ecommerce",
    "dim_country",
    "dim_category",
    "dim_item",
  ];
  expect(await Promise.all(counts.map(countOf))).toEqual([246, 246, 6000, 1360, 56, 5, 24]);
  expect(
    await query(
      "select distinct d.year from fact_orders f join dim_date d on d.date_id = f.date_id order by 1",
    ),
  ).toEqual([{ year: 2019 }, { year: 2020 }, { year: 2021 }]);
  expect(
    await query(
      "select severity, file, count(*) as n from vitrine_import_reject where domain = 'softcart' group by 1, 2",
    ),
  ).toEqual([{ severity: "warning", file: "DimDate.csv", n: "276" }]);
  expect(await query("select count(*) as n from softcart_sales where is_timed = 0 or row_id < 0")).toEqual([
    { n: "0" },
  ]);
}, 120_000);

test("The sums of the facts are those of the files", async () => {
  const files = new Map(
    [...(softcart.generate?.({ scale: 0.02, seed: 42, clean: false }) ?? [])].map(({ file, lines }) => [
      file,
      [...lines],
    ]),
  );
  const cents = (file: string, column: number) =>
    (files.get(file) ?? [])
      .slice(1)
      .reduce((sum, line) => sum + Math.round(Number(line.split(",")[column]) * 100), 0);
  const sumOf = async (table: string, column: string) =>
    Number((await query(`select cast(sum(${column}) * 100 as int) as n from ${table}`))[0]?.n);
  expect(await sumOf("fact_orders", "amount")).toBe(cents("FactSales.csv", 4));
  expect(await sumOf("fact_ecommerce", "price")).toBe(cents("ecommerce.csv", 6));
});

test("Two imports of one kind take turns or are refused, two of different kinds go on side by side", async () => {
  const dir = join(dataDir, "sample", "softcart");
  const start = (name: string, lockWaitSeconds = 60) =>
    importFiles({ admin: database.admin, domain: softcart, name, dir, lockWaitSeconds });
  const before = await query("select * from softcart_sales order by row_id");
  const summaries = await Promise.all([start("sales"), start("sales"), start("ecommerce"), start("catalog")]);
  for (const { tables } of summaries)
    expect(tables.filter((one) => one.inserted + one.updated + one.deleted > 0)).toEqual([]);
  expect(await query("select * from softcart_sales order by row_id")).toEqual(before);
  await database.admin.withConnection(async (other) => {
    await other.run("start transaction");
    await other.run(
      "insert into vitrine_lease (lease_name, holder, expires_at) values ('import:softcart:sales', 'a test', utc_timestamp(3))",
    );
    await expect(start("sales", 1)).rejects.toMatchObject({ code: "IMPORT_LOCKED" });
    await start("catalog");
    await other.run("rollback");
  });
});

test("vitrine import softcart names its imports, and ends with the exit code of what happened", async () => {
  const dir = await writeFolder({ "oltpdata.csv": "1,1,1,1,2020-01-01 00:00:00\n" });
  const unnamed = await run("import", "softcart", dir);
  expect([unnamed.code, unnamed.stderr]).toEqual([
    2,
    expect.stringContaining("sales, catalog, orders, ecommerce"),
  ]);
  expect(await run("import", "softcart", "sales", dir)).toMatchObject({ code: 0 });
  expect(await run("import", "softcart", "catalog", dir)).toMatchObject({ code: 65 });
});
