import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineProject } from "../../../src/models/project.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readDatabaseState } from "../../support/database-state.ts";
import { prepareShop } from "../../support/shop-operations.ts";
import {
  createSpareDatabases,
  describeSpare,
  endConnections,
  openSpareDatabases,
  restoreSpare,
} from "../../support/spare-databases.ts";

const engineAlone = defineProject({ sql: "sql", domains: [] });
let server: MariaDb;
let anyDatabase: TestDatabase;
beforeAll(async () => {
  anyDatabase = await openTestDatabase({ migrate: false });
  server = openMariaDb(anyDatabase.mariadbUrl, { size: 1, multipleStatements: true });
});
afterAll(async () => {
  await server.close();
  await anyDatabase.close();
});

const readIncarnation = async ({ admin }: TestDatabase) =>
  (await admin.query<{ incarnation: string }>("select incarnation from vitrine_position"))[0]?.incarnation;

/** Opens a database, changes it, and returns whether it can be restored, and what it is then. */
async function changeAndRestore(
  options: Parameters<typeof openTestDatabase>[0],
  change: (db: TestDatabase) => Promise<unknown>,
) {
  const db = await openTestDatabase(options);
  try {
    const spare = await describeSpare(db.admin, db.urls);
    const before = await readIncarnation(db);
    await change(db);
    const isRestored = await restoreSpare(server, db.mariadbUrl, spare);
    const restored = isRestored ? await readDatabaseState(openAgain(db)) : undefined;
    return { spare, restored, isRestored, incarnations: [before, await readIncarnation(db)] };
  } finally {
    for (const pool of opened.splice(0)) await pool.close();
    await db.close();
  }
}
const opened: MariaDb[] = [];
function openAgain(db: TestDatabase): MariaDb {
  const pool = openMariaDb(db.mariadbUrl, { size: 1, multipleStatements: true });
  opened.push(pool);
  return pool;
}

test("a test database is migrated, and its own", async () => {
  const [one, other] = [await openTestDatabase(), await openTestDatabase()];
  try {
    expect(await one.reader.query("select count(*) as n from vitrine_change_order")).toEqual([{ n: "0" }]);
    expect(await anyDatabase.admin.query("show tables")).toEqual([]);
    expect(one.mongo.db.databaseName).not.toBe(other.mongo.db.databaseName);
    expect(one.admin.database).not.toBe(other.admin.database);
  } finally {
    await one.close();
    await other.close();
  }
});

test("a database with a shop, its history and its changes is restored to what migrations make", async () => {
  let changed = {};
  const { spare, restored, isRestored, incarnations } = await changeAndRestore({}, async (db) => {
    await prepareShop(db.admin);
    await db.admin.run("update product set name = 'Renamed'");
    await db.admin.run("delete from orderline");
    await db.admin.run("update vitrine_position set n = 7");
    await db.admin.run("delete from vitrine_migration limit 3");
    changed = (await readDatabaseState(db.admin)).counts;
  });
  // Four products and their earlier versions.
  expect(changed).toMatchObject({ vitrine_change_order: expect.any(Number), product: 19 });
  expect(isRestored).toBe(true);
  expect(restored).toEqual(spare.pristine);
  expect(restored?.counts.vitrine_migration).toBeGreaterThan(100);
  expect(incarnations[1]).not.toBe(incarnations[0]);
});

test("who reads triggers elsewhere is not ended, though the server shows it in this database for a moment", async () => {
  const [reading, idle] = [await openTestDatabase(), await openTestDatabase()];
  let isOver = false;
  const reads = (async () => {
    while (!isOver)
      await reading.admin.query(
        "select event_object_table from information_schema.triggers where trigger_schema = database()",
      );
  })();
  try {
    await Promise.all([idle.admin, idle.loader, idle.reader, idle.writer].map((one) => one.close()));
    for (let round = 0; round < 300; round += 1)
      expect(await endConnections(server, idle.admin.database)).toBe(true);
    isOver = true;
    await reads;
  } finally {
    isOver = true;
    await reads.catch(() => undefined);
    await reading.close();
    await idle.close();
  }
});

test("what the optimiser knows of a table is of its rows again", async () => {
  const { spare, restored, isRestored } = await changeAndRestore(
    { project: engineAlone },
    async ({ admin }) => {
      await admin.run(
        "insert into vitrine_pending (model, document_id, logged_at) select 'm', seq, now() from seq_1_to_5000",
      );
      await admin.run("delete from vitrine_migration limit 3");
      await admin.query("analyze table vitrine_pending, vitrine_migration");
      expect((await readDatabaseState(admin)).statistics.vitrine_pending).toBeGreaterThan(4000);
    },
  );
  expect(isRestored).toBe(true);
  expect(restored?.statistics).toEqual(spare.pristine.statistics);
  expect(restored?.statistics).toMatchObject({
    vitrine_pending: 0,
    vitrine_migration: restored?.counts.vitrine_migration,
  });
});

test("a sequence begins again where migrations have left it", async () => {
  const db = await openTestDatabase({ project: engineAlone });
  try {
    await db.admin.query("create sequence ticket start with 5 cache 10; do nextval(ticket)");
    const spare = await describeSpare(db.admin, db.urls);
    expect(spare.pristine.sequences).toEqual({ ticket: "15" });
    await db.admin.query("do setval(ticket, 400)");
    expect(await restoreSpare(server, db.mariadbUrl, spare)).toBe(true);
    expect((await readDatabaseState(openAgain(db))).sequences).toEqual({ ticket: "15" });
    await openAgain(db).query("alter sequence ticket increment by 2");
    expect(await restoreSpare(server, db.mariadbUrl, spare)).toBe(false);
  } finally {
    for (const pool of opened.splice(0)) await pool.close();
    await db.close();
  }
});

test.each([
  ["a column", "alter table vitrine_pending add column more int"],
  ["an index", "alter table vitrine_pending add key another_ix (logged_at)"],
  ["a table", "create table another (x int)"],
  ["a sequence", "create sequence another"],
  ["statistics that the server has from all rows", "analyze table vitrine_position persistent for all"],
  ["a view", "create view another as select 1 as x"],
  ["a trigger", "create trigger another after insert on vitrine_pending for each row set @x = 1"],
  ["a routine that has gone", "drop function vitrine_read_trigger_fingerprint"],
  ["a routine of another text", "create or replace procedure vitrine_find_readers() select 1"],
  ["a right", "grant insert on vitrine_pending to {database}_reader_role"],
  ["a right that has gone", "revoke insert on vitrine_pending from {database}_loader_role"],
  ["a table that was made anew", "rename table vitrine_pending to p; create table vitrine_pending like p"],
  [
    "very many rows",
    "insert into vitrine_pending (model, document_id, logged_at) select 'm', seq, now() from seq_1_to_20001",
  ],
])("a database with %s is not handed on", async (_, sql) => {
  const { isRestored } = await changeAndRestore({ project: engineAlone }, async ({ admin }) => {
    await admin.query(sql.replaceAll("{database}", admin.database));
  });
  expect(isRestored).toBe(false);
});

test("a spare database is given to one, and to those only who want what was migrated", async () => {
  const pool = `vt_pool_${randomBytes(5).toString("hex")}`;
  const drop = await createSpareDatabases(server, pool);
  try {
    const spares = openSpareDatabases(server, pool);
    const pristine = { objects: "", counts: {}, sequences: {}, statistics: {} };
    const one = { name: "one", urls: anyDatabase.urls, pristine, kept: {} };
    await spares.put("a".repeat(64), one);
    expect(await spares.take("b".repeat(64))).toBeUndefined();
    const taken = await Promise.all([spares.take("a".repeat(64)), spares.take("a".repeat(64))]);
    expect(taken.filter((spare) => spare !== undefined)).toEqual([one]);
  } finally {
    await drop();
  }
});

test("what is still connected to a database is ended, with its locks, before another test gets it", async () => {
  let holding: Promise<unknown> = Promise.resolve();
  const { isRestored } = await changeAndRestore({ project: engineAlone }, async (db) => {
    await new Promise<void>((begun) => {
      holding = openAgain(db).withConnection(async (connection) => {
        await connection.run("start transaction");
        await connection.run("update vitrine_position set n = 9");
        begun();
        await connection.query("select sleep(60)");
      });
      holding.catch(() => {});
    });
  });
  expect(isRestored).toBe(true);
  await expect(holding).rejects.toThrow();
});
