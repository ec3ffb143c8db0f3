import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { calendar } from "../../../src/domains/calendar/index.ts";
import { softcart } from "../../../src/domains/softcart/index.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { compareWarehouse } from "../../domains/softcart/compare-warehouse.ts";
import { prepareWarehouse, warehouseOperation } from "../../domains/softcart/warehouse-operations.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { attempt } from "../../support/soundness.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const models = [...calendar.models, ...softcart.models];
const seed = readTestSeed();
const ROUNDS = 4;
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
  createLoader({ db, mongo: database.mongo, models, logger: createLogger("silent"), verifyShare: 0 });

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

/** What the base tables say otherwise, row by row: the materialised totals too. */
const findDisagreements = async () =>
  (await compareWarehouse(database.mariadbUrl, database.mongodbUrl)).disagreements;

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
    expect(await findDisagreements()).toEqual([]);
  }
}, 240_000);

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
  const total = await database.mongo.db.collection("total_sales_per_country").findOne({ countryId: 50 });
  expect([total?.name, total?.orders, String(total?.amount)]).toEqual(["Congo", 600, "60.00"]);
  expect(await findDisagreements()).toEqual([]);
}, 240_000);
