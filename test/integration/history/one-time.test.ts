import { afterAll, beforeAll, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { posProcedures } from "../../../src/domains/pos/procedures.ts";
import { posRules } from "../../../src/domains/pos/rules.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import type { ProcedureDefinition } from "../../../src/models/procedure.ts";
import { createProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openOwnMariaDb } from "../../support/replicated-mariadb.ts";
import { writeShopFiles } from "../../support/shop-files.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db?.close());

const procedureOf = (name: string): ProcedureDefinition => {
  const procedure = posProcedures.find((one) => one.name === name);
  if (!procedure) throw new Error(`There is no ${name}.`);
  return procedure;
};
const recordSale = procedureOf("record_sale");
const updatePrice = procedureOf("update_price");
const tables = ["city", "sales_tax", "customer", "product", "order", "orderline", "price_history"];

/** When rows were written that stand now, each moment once. */
async function timesSince(since: string): Promise<readonly string[]> {
  const selects = tables.map((table) => `select row_start as at from \`${table}\` where row_start > ?`);
  const rows = await db.admin.query<{ at: string }>(
    `select cast(at as char) as at from (${selects.join(" union ")}) as written order by at`,
    tables.map(() => since),
  );
  return rows.map(({ at }) => at);
}

const now = async () =>
  (await db.admin.query<{ at: string }>("select cast(utc_timestamp(6) as char) as at"))[0]?.at ?? "";

async function importShop() {
  const dir = await writeShopFiles();
  const domain = db.project.domains.find(({ name }) => name === "pos");
  if (!domain) throw new Error("There is no domain.");
  await importFiles({ admin: db.admin, domain, dir });
}

test("an import has one time in all tables, so no moment shows a part of it", async () => {
  const started = await now();
  await importShop();
  expect(await timesSince(started)).toHaveLength(1);
  const [run] = await db.admin.query<{ n: number }>(
    "select count(*) as n from vitrine_import_run where finished_at > (select max(row_start) from customer)",
  );
  // The time of the rows is not that of the run's end, from which on asOf shows all of it.
  expect(Number(run?.n)).toBe(1);
  const [end] = await db.admin.query<{ at: string }>(
    "select cast(max(finished_at) as char) as at from vitrine_import_run",
  );
  const asOf = `${end?.at.replace(" ", "T").slice(0, 23)}Z`;
  expect(await createLiveStore(db.reader).count(customerOrders, null, { asOf })).toBe(2);
});

test("a mutation has one time in all tables, and the next one another", async () => {
  await importShop();
  const caller = createProcedureCaller(db.writer, posRules);
  const sell = () =>
    caller.call(
      recordSale,
      {
        customerId: 0,
        lines: [
          { productId: 0, quantity: 1 },
          { productId: 1, quantity: 1 },
        ],
      },
      new AbortController().signal,
    );
  const started = await now();
  await sell();
  expect(await timesSince(started)).toHaveLength(1);
  const between = await now();
  await sell();
  expect(await timesSince(between)).toHaveLength(1);
});

test("a server that keeps its clock to itself takes mutations all the same, each statement at its own time", async () => {
  const own = await openOwnMariaDb(["--secure-timestamp=YES"]);
  try {
    const [server] = own.servers;
    if (!server) throw new Error("There is no server.");
    await migrateUp({ admin: server.db, sqlDir: db.sqlDir, domains: db.project.domains });
    await server.db.run("insert into product (product_id, name, current_price) values (0, 'Chair', 40)");
    const caller = createProcedureCaller(server.db, posRules);
    await caller.call(updatePrice, { productId: 0, price: "41.50" }, new AbortController().signal);
    expect(await server.db.query("select current_price from product")).toEqual([{ current_price: "41.50" }]);
  } finally {
    await own.close();
  }
});
