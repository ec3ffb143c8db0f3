import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestRebuild } from "../../../src/core/rebuild.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import market from "../../support/market/vitrine.config.ts";

const models = market.domains.flatMap((domain) => domain.models);
const rollUp = "stall_sale_by_sold_on_currency_stall";
const byStall = models.filter(({ name }) => name === rollUp);
/** Each quote is two characters of the JSON in a group's key, which has 255. */
const long = '"'.repeat(150);

let database: TestDatabase;
let db: MariaDb;
beforeAll(async () => {
  const sqlDir = fileURLToPath(new URL("../../support/market/sql", import.meta.url));
  database = await openTestDatabase({ project: market, sqlDir });
  db = openMariaDb(database.mariadbUrl, { size: loaderConnections });
  await database.admin.run(
    "insert into sale (sale_id, stall, currency, sold_on, amount) values (1, 'a', 'EUR', '2024-01-05', 1.00)",
  );
  await follow();
});
afterAll(async () => {
  await db?.close();
  await database?.close();
});

const follow = () =>
  createLoader({ db, mongo: database.mongo, models, logger: createLogger("silent"), verifyShare: 0 }).once(
    new AbortController().signal,
  );
async function rebuild(): Promise<void> {
  await requestRebuild(database.admin, byStall);
  await follow();
}
const rejected = () =>
  database.admin.query<{ model: string }>("select distinct model from vitrine_rejected order by model");
const countGroups = () => database.mongo.db.collection(rollUp).countDocuments({ _del: { $ne: true } });

test("a group whose key is too long is listed as rejected when a sale makes it, and holds up no other", async () => {
  const before = await countGroups();
  await database.admin.run(
    `insert into sale (sale_id, stall, currency, sold_on, amount) values
    (2, ?, 'EUR', '2024-01-05', 2.00), (3, 'b', 'EUR', '2024-01-05', 3.00)`,
    [long],
  );
  await follow();
  expect(await rejected()).toEqual([{ model: rollUp }]);
  expect(await countGroups()).toBe(before + 1);
});

test("it stays so after a rebuild while it is there, and is forgotten by the first one after that", async () => {
  await rebuild();
  expect(await rejected()).toEqual([{ model: rollUp }]);
  await database.admin.run("update sale set stall = 'c' where sale_id = 2");
  await follow();
  await rebuild();
  expect(await rejected()).toEqual([]);
});
