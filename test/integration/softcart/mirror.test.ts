import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { calendar } from "../../../src/domains/calendar/index.ts";
import { softcart } from "../../../src/domains/softcart/index.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { prepareWarehouse, warehouseOperation } from "../../domains/softcart/warehouse-operations.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { attempt } from "../../support/soundness.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const models = [...calendar.models, ...softcart.models];
const seed = readTestSeed();
const ROUNDS = 8;
const never = new AbortController().signal;

let database: TestDatabase;
let db: MariaDb;
beforeAll(async () => {
  database = await openTestDatabase();
  db = openMariaDb(database.mariadbUrl, { size: loaderConnections });
  await prepareWarehouse(database.admin);
});
afterAll(async () => {
  await db?.close();
  await database?.close();
});

const openLoader = () =>
  createLoader({ db, mongo: database.mongo, models, logger: createLogger("silent"), auditShare: 0 });

/** What `verify --deep` says of every model of the warehouse and of the calendar. */
async function findDefects(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const model of models) {
    const report = await verifyModel({ db, mongo: database.mongo, model, deep: true, signal: never });
    if (!report.isComplete) found.push(`${model.name} is not complete`);
    for (const { id, kind } of report.defects) found.push(`${model.name} ${id} ${kind}`);
  }
  return found;
}

/** The materialised totals, and what plain SQL says that they are. */
async function readTotals() {
  const documents = await database.mongo.db
    .collection("total_sales_per_country")
    .find({ _del: { $exists: false } })
    .sort({ _id: 1 })
    .toArray();
  const rows = await database.admin.query<Record<string, string>>(
    `select c.country_id, c.name, count(f.order_id) as orders, coalesce(sum(f.amount), 0.00) as amount
    from dim_country c left join fact_orders f on f.country_id = c.country_id
    group by c.country_id, c.name order by c.country_id`,
  );
  return {
    mirrored: documents.map(({ countryId, name, orders, amount }) =>
      [countryId, name, orders, amount].map(String),
    ),
    expected: rows.map(({ country_id, name, orders, amount }) =>
      [country_id, name, orders, amount].map(String),
    ),
  };
}

test(`a mirror that follows random writes to facts and dimensions has no defect (seed ${seed})`, async () => {
  await openLoader().once(never);
  // Looked at now and then: what one write spoils another may mend.
  for (let round = 0; round < ROUNDS; round++) {
    const operations = fc.sample(warehouseOperation, { numRuns: 40, seed: seed + round });
    await database.admin.withConnection(async (connection) => {
      for (const operation of operations) await attempt(connection, operation);
    });
    await openLoader().once(never);
    expect(await findDefects()).toEqual([]);
    const { mirrored, expected } = await readTotals();
    expect(mirrored).toEqual(expected);
  }
});

test("a country that is renamed is so in all of its orders' facts, and in its total", async () => {
  await database.admin.run("insert into dim_country (country_id, name) values (50, 'Zaire')");
  await database.admin.run("insert ignore into dim_category (category_id, name) values (50, 'Rest')");
  await database.admin.run(
    `insert into fact_orders (order_id, date_id, country_id, category_id, amount)
    select 1000 + seq, 20200229, 50, 50, 0.10 from seq_1_to_600`,
  );
  await openLoader().once(never);
  await database.admin.run("update dim_country set name = 'Congo' where country_id = 50");
  await openLoader().once(never);
  const facts = database.mongo.db.collection("order_fact");
  expect(await facts.countDocuments({ countryName: "Congo", _del: { $exists: false } })).toBe(600);
  expect(await facts.countDocuments({ countryName: "Zaire", _del: { $exists: false } })).toBe(0);
  const { mirrored, expected } = await readTotals();
  expect(mirrored).toContainEqual(["50", "Congo", "600", "60.00"]);
  expect(mirrored).toEqual(expected);
});
