import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { readCaptured } from "../../../src/migrations/read-captured.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import { type MariaDb, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import project from "../../../vitrine.config.ts";
import { warehouseFilterIndexes } from "../../domains/softcart/filter-indexes.ts";
import { toteFilterIndexes } from "../../domains/totesys/filter-indexes.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { importAll } from "../../support/import-all.ts";
import { lookups, filterIndexes as shopFilterIndexes } from "./lookups.ts";

interface Step {
  readonly table: string | null;
  readonly key: string | null;
  readonly Extra: string;
}

const filterIndexes = { ...shopFilterIndexes, ...warehouseFilterIndexes, ...toteFilterIndexes };

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  for (const domain of project.domains) {
    const dir = await mkdtemp(join(tmpdir(), "indexes-"));
    await writeFiles(domain.generate?.({ scale: 0.3, seed: 7, clean: false, end: "2008-01-01" }) ?? [], dir);
    await importAll({ admin: db.admin, domain, dir });
    await rm(dir, { recursive: true });
  }
  // Files tell of no earlier prices, and an index of an empty table is never chosen.
  await db.admin.run("update product set current_price = current_price + 1");
  await changeFacts(db.admin);
  for (const { name } of project.domains)
    for (const { table } of await readCaptured(db.sqlDir, name))
      await db.admin.query(`analyze table ${quoteName(table)}`);
  await db.admin.query("analyze table sales_tax");
});
afterAll(() => db?.close());

/** An import writes at one time, and so on one day: a few facts change on another. */
const changeFacts = (admin: MariaDb): Promise<void> =>
  admin.withConnection(async (connection) => {
    await connection.run("set timestamp = unix_timestamp() + 86400");
    await connection.run(
      "update sales_order set units_sold = units_sold + 1 order by sales_order_id limit 3",
    );
    await connection.run("update purchase_order set item_quantity = 7 order by purchase_order_id limit 3");
    await connection.run("update payment set paid = not paid order by payment_id limit 3");
    await connection.run("set timestamp = default");
  });

/** The steps of a plan that use an index, as `table.key`. */
async function explain(sql: string, values: readonly unknown[] = []): Promise<ReadonlyMap<string, Step>> {
  const plan = await db.admin.query<Step>(`explain ${sql}`, values);
  return new Map(plan.filter(({ key }) => key !== null).map((step) => [`${step.table}.${step.key}`, step]));
}

describe.each(lookups)("The lookup: $what", ({ sql, index, sorted }) => {
  test(`uses the index ${index}`, async () => {
    const plan = await explain(sql);
    const used = [index].flat().find((one) => plan.has(one));
    expect(used, `of ${[...plan.keys()]}`).toBeDefined();
    if (sorted) expect(plan.get(String(used))?.Extra).not.toContain("filesort");
  });
});

const models: readonly DocumentModel[] = project.domains.flatMap((domain) => domain.models);
// Groups are looked for in the mirror; what MariaDB has to find for one is the contract of models/contract.
const filters = models
  .filter((model) => !isRollUp(model))
  .flatMap((model) =>
    model.filters.map((field) => ({
      filter: `${model.name}.${field}`,
      view: quoteName(model.name),
      key: quoteName(model.columns[model.key] ?? ""),
      column: quoteName(model.columns[field] ?? ""),
    })),
  );

test("every filter of every model has an index, or a reason to have none", () => {
  expect(filters.map(({ filter }) => filter).sort()).toEqual(Object.keys(filterIndexes).sort());
});

const indexed = filters.flatMap((one) => {
  const index = filterIndexes[one.filter];
  return typeof index === "string" ? [{ ...one, index }] : [];
});

describe.each(indexed)("The filter $filter", ({ view, key, column, index }) => {
  test(`uses the index ${index}`, async () => {
    const [rarest] = await db.admin.query<{ value: string }>(
      `select cast(${column} as char) as value from ${view} where ${column} is not null
      group by ${column} order by count(*), value limit 1`,
    );
    const plan = await explain(
      `select ${key}, ${column} from ${view} where ${column} = ? order by ${key} limit 21`,
      [rarest?.value],
    );
    expect([...plan.keys()]).toContain(index);
  });
});

test("every index of the shop serves a lookup or a filter", async () => {
  const used = [...lookups.flatMap(({ index }) => index), ...indexed.map(({ index }) => index)];
  const keys = await db.admin.query<{ key: string }>(
    `select distinct index_name as \`key\` from information_schema.statistics
    where table_schema = database() and index_name <> 'PRIMARY'
      and table_name in ('city', 'customer', 'product', 'order', 'orderline', 'price_history', 'sales_tax')`,
  );
  const served = new Set(used.map((index) => index.split(".")[1]));
  expect(keys.map(({ key }) => key).filter((key) => !served.has(key))).toEqual([]);
});
