import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Row, toteFiles, toteRows } from "../../domains/totesys/tote-files.ts";
import { backOfficeProject, emptyBackOffice, importTote } from "../../support/back-office.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeRejects } from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: backOfficeProject });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyBackOffice(database.admin);
  await importTote(database.admin, toteFiles());
});

const idsOf = async (table: string) =>
  (await database.admin.query<{ id: number }>(`select ${table}_id as id from ${table} order by 1`)).map(
    ({ id }) => id,
  );
const less = {
  sales_order: [toteRows.sales_order[0]],
  transaction: [toteRows.transaction[0]],
  payment: [toteRows.payment[0]],
} as const;

test("A row that is gone from a file stays, unless the files are said to be whole", async () => {
  await importTote(database.admin, toteFiles(less));
  expect([await idsOf("sales_order"), await idsOf("payment")]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  const { tables } = await importTote(database.admin, toteFiles(less), { full: true });
  expect(tables.filter(({ deleted }) => deleted > 0)).toEqual(
    ["sales_order", "transaction", "payment"].map((table) => ({
      table,
      inserted: 0,
      updated: 0,
      deleted: 1,
    })),
  );
  expect([await idsOf("sales_order"), await idsOf("payment"), await idsOf("purchase_order")]).toEqual([
    [1],
    [1],
    [1],
  ]);
  // What was deleted is a version that has ended, and comes back as a new one.
  const history = () =>
    database.admin.query(
      "select count(*) as n from sales_order for system_time all where sales_order_id = 2 and row_end < now(6)",
    );
  expect(await history()).toEqual([{ n: "1" }]);
  await importTote(database.admin, toteFiles());
  expect(await idsOf("sales_order")).toEqual([1, 2]);
});

test("A table without a file keeps its rows, and so do rows that others refer to", async () => {
  const files = toteFiles({ sales_order: null, counterparty: [toteRows.counterparty[1]] });
  await importTote(database.admin, files, { full: true });
  expect([await idsOf("sales_order"), await idsOf("counterparty")]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(await describeRejects(database.admin)).toEqual([
    "warning counterparty.csv:1 lacks 1 rows that others refer to, which stay",
  ]);
});

test("A refused line deletes nothing: neither its row, nor any when it may be of any", async () => {
  const refused: Row = { ...toteRows.sales_order[1], units_sold: "many" };
  await importTote(database.admin, toteFiles({ sales_order: [toteRows.sales_order[0], refused] }), {
    full: true,
  });
  expect(await idsOf("sales_order")).toEqual([1, 2]);
  const nobody: Row = { ...toteRows.sales_order[1], sales_order_id: "?" };
  await importTote(database.admin, toteFiles({ ...less, sales_order: [toteRows.sales_order[0], nobody] }), {
    full: true,
  });
  expect([await idsOf("sales_order"), await idsOf("payment")]).toEqual([[1, 2], [1]]);
  expect(await describeRejects(database.admin)).toContain(
    "warning sales_order.csv:1 deletes nothing, as a line cannot be told whose it is; it lacks 1 rows",
  );
});

test("A file that may be cut deletes nothing", async () => {
  const files = toteFiles({ payment: [toteRows.payment[0]] });
  const cut = { ...files, "payment.csv": (files["payment.csv"] ?? "").trimEnd() };
  await importTote(database.admin, cut, { full: true });
  expect(await idsOf("payment")).toEqual([1, 2]);
  expect(await describeRejects(database.admin)).toContain(
    "warning payment.csv:1 deletes nothing, as it may be cut; it lacks 1 rows",
  );
});

test("Too much at once stops the import, unless it is allowed", async () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ ...toteRows.design[0], design_id: 100 + index }));
  await importTote(database.admin, toteFiles({ design: [...toteRows.design, ...many] }));
  const few = toteFiles();
  await expect(importTote(database.admin, few, { full: true })).rejects.toMatchObject({
    code: "IMPORT_REFUSED",
    message: expect.stringContaining("300 (99.3 %) would be deleted"),
  });
  expect(await idsOf("design")).toHaveLength(302);
  await importTote(database.admin, few, { full: true, allowDeletes: true });
  expect(await idsOf("design")).toEqual([1, 2]);
  // A header without lines.
  const empty = { ...few, "design.csv": `${Object.keys(toteRows.design[0]).join()}\n` };
  await expect(importTote(database.admin, empty, { full: true })).rejects.toMatchObject({
    message: expect.stringContaining("design.csv holds no line"),
  });
});
