import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MariaDbConnection } from "../../../src/stores/mariadb/mariadb.ts";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { toteProject } from "../../domains/totesys/tote-project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  changeSale,
  deleteSale,
  insertSale,
  readSaid,
  readVersions,
  writeAt,
} from "../../support/tote-history.ts";

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
const inOne = (work: (connection: MariaDbConnection) => Promise<void>) => database.admin.withConnection(work);

test("A new order is its first version, and each change that says something else is another", async () => {
  const { admin } = database;
  const other = id + 1;
  await insertSale(admin, other, 10);
  await changeSale(admin, other, 20);
  // What says the same is none.
  await changeSale(admin, other, 20);
  await admin.run("update sales_order set agreed_delivery_date = agreed_delivery_date");
  await deleteSale(admin, other);
  expect(await said(other)).toEqual(["+10", "+20", "-20"]);
  expect((await readVersions(admin, other)).map(({ number }) => number)).toEqual([1, 2, 3]);
});

test("Two changes in one transaction are two versions", async () => {
  await database.admin.transaction(async (connection) => {
    await changeSale(connection, id, 10);
    await changeSale(connection, id, 20);
  });
  expect(await said(id)).toEqual(["+3", "+10", "+20"]);
});

test("Two changes within a millisecond, or within a microsecond, are two versions; the table's own history has one", async () => {
  await inOne((connection) =>
    writeAt(connection, async (at) => {
      await at("2036-01-01 10:00:00.000100");
      await changeSale(connection, id, 10);
      await at("2036-01-01 10:00:00.000900");
      await changeSale(connection, id, 20);
      await changeSale(connection, id, 30);
      await at("2036-01-01 10:00:00.001001");
      await changeSale(connection, id, 40);
    }),
  );
  const versions = await readVersions(database.admin, id);
  expect(versions.slice(1).map(({ says }) => says)).toEqual(["+10", "+20", "+30", "+40"]);
  // Of one millisecond asOf shows the last alone: the others begin and end with it.
  expect(versions.slice(1).map(({ from }) => from.slice(-3))).toEqual(["001", "001", "001", "002"]);
  const kept = await database.admin.query(
    `select units_sold from sales_order for system_time all where sales_order_id = ${id} and units_sold = 20`,
  );
  expect(kept).toEqual([]);
});

test("A change that is rolled back is no version, and leaves no number out", async () => {
  await inOne(async (connection) => {
    await connection.run("start transaction");
    await changeSale(connection, id, 10);
    await connection.run("rollback");
    await connection.run("start transaction");
    await changeSale(connection, id, 20);
    await connection.run("savepoint here");
    await deleteSale(connection, id);
    await connection.run("rollback to savepoint here");
    await connection.run("commit");
  });
  const versions = await readVersions(database.admin, id);
  expect(versions.map(({ number, says }) => [number, says])).toEqual([
    [1, "+3"],
    [2, "+20"],
  ]);
});

describe("A number that is deleted and used again", () => {
  test("goes on with its versions, in one transaction as later", async () => {
    await database.admin.transaction(async (connection) => {
      await deleteSale(connection, id);
      await insertSale(connection, id, 10);
    });
    await deleteSale(database.admin, id);
    await insertSale(database.admin, id, 20);
    expect(await said(id)).toEqual(["+3", "-3", "+10", "-10", "+20"]);
  });

  test("does so by replace, and in a transaction that has seen the order before it went", async () => {
    await inOne(async (connection) => {
      await connection.run("set transaction isolation level repeatable read");
      await connection.run("start transaction");
      expect(await readSaid(connection, id)).toEqual(["+3"]);
      await deleteSale(database.admin, id);
      await insertSale(connection, id, 10);
      await connection.run("commit");
    });
    await database.admin.run(
      `replace into sales_order (sales_order_id, design_id, staff_id, counterparty_id, units_sold, unit_price, currency_id,
        agreed_delivery_date, agreed_payment_date, agreed_delivery_location_id)
      values (${id}, 1, 1, 1, 20, '2.50', 1, '2022-11-10', '2022-11-08', 1)`,
    );
    expect(await said(id)).toEqual(["+3", "-3", "+10", "-10", "+20"]);
  });
});

test("Under a clock that is set back versions keep their order, and no moment has two", async () => {
  await inOne((connection) =>
    writeAt(connection, async (at) => {
      await at("2036-01-01 12:00:00");
      await changeSale(connection, id, 12);
      await at("2036-01-01 11:00:00");
      await changeSale(connection, id, 11);
      await deleteSale(connection, id);
      await at("2036-01-01 11:30:00");
      await insertSale(connection, id, 13);
      await at("2036-01-01 13:00:00");
      await changeSale(connection, id, 14);
    }),
  );
  const versions = await readVersions(database.admin, id);
  expect(versions.map(({ says }) => says)).toEqual(["+3", "+12", "+11", "-11", "+13", "+14"]);
  const noon = "2036-01-01 12:00:00.000";
  expect(versions.slice(1).map(({ from }) => from)).toEqual([
    noon,
    noon,
    noon,
    noon,
    "2036-01-01 13:00:00.000",
  ]);
  for (const moment of [
    "2036-01-01 10:59:00",
    "2036-01-01 11:15:00",
    noon,
    "2036-01-01 12:30:00",
    "2036-01-02",
  ])
    expect(versions.filter(({ from, to }) => from <= moment && (to === null || to > moment))).toHaveLength(1);
});

test("Another number ends the versions of the old one and begins, or goes on with, those of the new", async () => {
  const { admin } = database;
  await admin.run(
    `update sales_order set sales_order_id = ${id + 9}, units_sold = 5 where sales_order_id = ${id}`,
  );
  await admin.run(`update sales_order set sales_order_id = ${id} where sales_order_id = ${id + 9}`);
  expect(await said(id)).toEqual(["+3", "-3", "+5"]);
  expect(await said(id + 9)).toEqual(["+5", "-5"]);
});

test("Writers that wait for each other each add the version after what they have waited for", async () => {
  const { admin } = database;
  await inOne(async (connection) => {
    await connection.run("start transaction");
    await connection.query("select count(*) from sales_order_version");
    await changeSale(admin, id, 10);
    await changeSale(connection, id, 20);
    const waiting = changeSale(admin, id, 30);
    await insertSale(connection, id + 1, 1);
    // New orders beside each other lock no gap of each other.
    await insertSale(admin, id + 2, 1);
    await insertSale(connection, id + 3, 1);
    await connection.run("commit");
    await waiting;
  });
  expect(await said(id)).toEqual(["+3", "+10", "+20", "+30"]);
});
