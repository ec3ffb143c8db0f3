import { afterAll, beforeAll, expect, test } from "vitest";
import { requestRebuild } from "../../../src/core/rebuild.ts";
import { calendar } from "../../../src/domains/calendar/index.ts";
import { softcart } from "../../../src/domains/softcart/index.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { prepareWarehouse } from "../../domains/softcart/warehouse-operations.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const models = [...calendar.models, ...softcart.models];
const rollUp = "ecommerce_by_sold_on_month_category_name_item_item_name";
const byItem = models.filter(({ name }) => name === rollUp);
/** Each quote is two characters of the JSON in a group's key, which has 255. */
const long = '"'.repeat(100);

let database: TestDatabase;
let db: MariaDb;
beforeAll(async () => {
  database = await openTestDatabase();
  db = openMariaDb(database.mariadbUrl, { size: loaderConnections });
  await prepareWarehouse(database.admin);
  await follow();
});
afterAll(async () => {
  await db?.close();
  await database?.close();
});

const follow = () =>
  createLoader({ db, mongo: database.mongo, models, logger: createLogger("silent"), auditShare: 0 }).once(
    new AbortController().signal,
  );
async function rebuild(): Promise<void> {
  await requestRebuild(database.admin, byItem);
  await follow();
}
const rejected = () =>
  database.admin.query<{ model: string }>("select distinct model from vitrine_rejected order by model");
const countGroups = () => database.mongo.db.collection(rollUp).countDocuments({ _del: { $ne: true } });

test("a group whose key is too long is listed as rejected when a sale makes it, and holds up no other", async () => {
  const { admin } = database;
  const before = await countGroups();
  await admin.run("insert into dim_item (item_id, category, name) values (77, ?, ?)", ["c".repeat(60), long]);
  await admin.run(
    `insert into fact_ecommerce (ecommerce_id, date_id, item_id, price) values
    (77, 20191231, 77, 1.00), (78, 20210104, 3, 2.00)`,
  );
  await follow();
  expect(await rejected()).toEqual([{ model: rollUp }]);
  expect(await countGroups()).toBe(before + 1);
});

test("it stays so after a rebuild while it is there, and is forgotten by the first one after that", async () => {
  const { admin } = database;
  await rebuild();
  expect(await rejected()).toEqual([{ model: rollUp }]);
  await admin.run("update dim_item set name = 'short' where item_id = 77");
  await follow();
  await rebuild();
  expect(await rejected()).toEqual([]);
});
