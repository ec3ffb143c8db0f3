import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { orderDetails } from "../../../src/domains/pos/models/order-details.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, type MariaDbConnection, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { shopDomain, writeShopFiles } from "../../support/shop-files.ts";
import { prepareShop } from "../../support/shop-operations.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  await prepareShop(db.admin);
});
afterAll(() => db?.close());

/** What the server counts by itself. */
const moving =
  /^(?:timestamp|last_insert_id|identity|insert_id|rand_seed\d|pseudo_thread_id|last_gtid|gtid_seq_no|(?:error|warning)_count)$/i;

/** What was set in a session: variables of the server's and of its user's. */
async function readSession(connection: MariaDbConnection): Promise<readonly string[]> {
  const [system, user] = [
    await connection.query<{ name: string; value: string }>(
      `select variable_name as name, session_value as value from information_schema.system_variables
      where session_value is not null`,
    ),
    await connection.query<{ name: string; value: string }>(
      `select concat('@', variable_name) as name, convert(variable_value using utf8mb4) as value
      from information_schema.user_variables where variable_value is not null`,
    ),
  ];
  const all = [...system, ...user].filter(({ name }) => !moving.test(name));
  return all.map(({ name, value }) => `${name} = ${value}`.toLowerCase()).sort();
}

/** Does the work by a pool of two connections, and tells of both what they have other than before. */
async function findLeft(work: (pool: MariaDb) => Promise<unknown>): Promise<readonly string[]> {
  const pool = openMariaDb(db.mariadbUrl, { size: 2 });
  onTestFinished(() => pool.close());
  const readBoth = () =>
    pool.withConnection(async (one) =>
      pool.withConnection(async (other) => ({
        ids: [one.raw.threadId, other.raw.threadId].sort(),
        settings: [...(await readSession(one)), ...(await readSession(other))],
      })),
    );
  const before = await readBoth();
  await work(pool);
  const after = await readBoth();
  // Else others were looked at than those that worked.
  expect(after.ids).toEqual(before.ids);
  return after.settings.filter((setting) => !before.settings.includes(setting));
}

test.each<readonly [string, (pool: MariaDb) => Promise<unknown>]>([
  ["snapshots", (pool) => withSnapshots(pool, async (snapshots) => (await snapshots.open()).release())],
  [
    "an import",
    async (admin) => {
      await importFiles({ admin, domain: shopDomain, dir: await writeShopFiles(), allowDeletes: true });
    },
  ],
  [
    "the versions of a document",
    async (pool) => {
      const { versions } = await createLiveStore(pool).findVersions(orderDetails, "1", {
        limit: 5,
        before: null,
      });
      expect(versions.length).toBeGreaterThan(0);
    },
  ],
])("%s leave the connections of a pool as they were", async (_, work) => {
  expect(await findLeft(work)).toEqual([]);
});
