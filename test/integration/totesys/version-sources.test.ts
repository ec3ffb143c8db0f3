import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { toteFiles, toteRows } from "../../domains/totesys/tote-files.ts";
import { toteProject } from "../../domains/totesys/tote-project.ts";
import { importTote } from "../../support/back-office.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { changeSale, insertSale, readSaid, readVersions } from "../../support/tote-history.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: toteProject });
  await prepareTote(database.admin);
  // The calendar has the year of now: the first who needs one lets others wait for it.
  await insertSale(database.admin, 1000, 1);
});
/** Each test has an order of its own. */
let id = 1000;
beforeEach(async () => {
  id += 100;
  await insertSale(database.admin, id, 3);
});
afterAll(() => database?.close());

const said = (id: number) => readSaid(database.admin, id);
const countAll = async () =>
  Object.values(
    (
      await database.admin.query(
        `select (select count(*) from sales_order_version), (select count(*) from purchase_order_version),
          (select count(*) from payment_version)`,
      )
    )[0] ?? {},
  ).map(Number);

test("An import that changes nothing makes no version, one that does makes one, and a row that is gone is a deletion", async () => {
  const files = { sales_order: null, payment: null, transaction: null } as const;
  await importTote(database.admin, toteFiles());
  const before = await countAll();
  await importTote(database.admin, toteFiles());
  expect(await countAll()).toEqual(before);
  const [first, second] = toteRows.sales_order;
  const changed = [first, { ...second, units_sold: 4, last_updated: "2022-11-04 10:00:00.000" }];
  await importTote(database.admin, toteFiles({ ...files, sales_order: changed }));
  expect(await said(2)).toEqual(["+3", "+4"]);
  await importTote(database.admin, toteFiles({ ...files, sales_order: [first] }), {
    full: true,
    allowDeletes: true,
  });
  expect(await said(2)).toEqual(["+3", "+4", "-4"]);
});

test("What is paid is a version; another account number is none, and stands in no version", async () => {
  const { admin } = database;
  await admin.run("update payment set company_ac_number = '99999999' where payment_id = 1");
  await admin.run("update payment set paid = true where payment_id = 1");
  await admin.run("update purchase_order set item_code = lower(item_code)");
  expect(
    await admin.query("select version_number, paid from payment_history where payment_id = 1 order by 1"),
  ).toEqual([
    { version_number: 1, paid: 0 },
    { version_number: 2, paid: 1 },
  ]);

  const columns = await admin.query(
    `select column_name from information_schema.columns
    where table_schema = database() and table_name like 'payment\\_%' and column_name like '%ac\\_number%'
      and table_name not like '%capture%'`,
  );
  expect(columns).toEqual([]);
});

test("No table of versioned facts can be emptied without a trace", async () => {
  for (const table of ["sales_order", "purchase_order", "payment"])
    await expect(database.admin.run(`truncate table ${table}`), table).rejects.toThrow();
});

test("What was there before versions were kept is a first version, once, from when it was written", async () => {
  const { admin } = database;
  const [row] = await admin.query<{ written: string }>(
    `select date_format(row_start, '%Y-%m-%d %H:%i:%s.%f') as written from sales_order where sales_order_id = ${id}`,
  );
  for (const table of ["sales_order_version", "sales_order_last_version"])
    await admin.run(`delete from ${table}`);
  const migration = await readFile("sql/migrations/totesys/0005-versions.sql", "utf8");
  // Also after a crash half-way.
  for (let time = 0; time < 2; time += 1) await admin.query(migration);
  const versions = await readVersions(admin, id);
  expect(versions.map(({ number, says }) => [number, says])).toEqual([[1, "+3"]]);
  const [from, written] = [String(versions[0]?.from), String(row?.written)];
  expect(from >= written.slice(0, -3)).toBe(true);
  expect(Date.parse(`${from}Z`) - Date.parse(`${written}Z`)).toBeLessThanOrEqual(1);
  await changeSale(admin, id, 4);
  expect(await said(id)).toEqual(["+3", "+4"]);
});
