import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MariaDbConnection, Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import { findBrokenRules } from "../../mix/find-broken-rules.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { createShop, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await createShop(database.admin);
});

const buyers = () => shop.query("select name, buyers from mv_product_buyers order by product_id");
/** Both materialised views are what their views are. */
const expectExact = async (db: Queryable = database.admin) => expect(await findBrokenRules(db)).toEqual([]);

describe("refresh_materialized_views", () => {
  /** Both lists are wrong. */
  const spoil = async () => {
    await shop.customer("Ada");
    await shop.product("Tea", "1.00");
    await shop.run("update mv_product_buyers set entries = '99 Nobody'");
    await shop.run("update mv_customer_purchases set entries = '99 Nothing'");
  };
  /** Runs `work` on a connection while the last step of a refresh fails: the first list is written by then. */
  const whileLastStepFails = async (work: (connection: MariaDbConnection) => Promise<void>) => {
    await shop.run(
      `create trigger mv_customer_purchases_before_insert before insert on mv_customer_purchases for each row
      signal sqlstate '45000' set mysql_errno = 30999, message_text = 'No.'`,
    );
    try {
      await database.admin.withConnection(work);
    } finally {
      await shop.run("drop trigger mv_customer_purchases_before_insert");
    }
  };

  test("does both or nothing: when the second list cannot be written, the first is as it was", async () => {
    await spoil();
    await whileLastStepFails(async (connection) => {
      const read = () =>
        connection.query("select @@in_transaction as open, @@group_concat_max_len as max_len");
      const before = await read();
      await expect(connection.run("call refresh_materialized_views()")).rejects.toMatchObject({
        errno: 30999,
      });
      expect(await read()).toEqual(before);
    });
    expect(await buyers()).toEqual([{ name: "Tea", buyers: "99 Nobody" }]);
    await shop.run("call refresh_materialized_views()");
    await expectExact();
  });

  test("leaves a caller's transaction open, and ends with it", async () => {
    await spoil();
    const wrong = await buyers();
    await database.admin.withConnection(async (connection) => {
      await connection.run("start transaction");
      await connection.run("call refresh_materialized_views()");
      await expectExact(connection);
      expect(await buyers()).toEqual(wrong);
      await connection.run("rollback");
      expect(await buyers()).toEqual(wrong);
      await connection.run("start transaction");
      await connection.run("call refresh_materialized_views()");
      await connection.run("commit");
    });
    await expectExact();
  });

  test("that fails in a caller's transaction takes back its own part, and keeps the caller's", async () => {
    await spoil();
    await whileLastStepFails(async (connection) => {
      await connection.run("start transaction");
      await connection.run("insert into city (zip, city, state) values ('10001', 'New York', 'NY')");
      await expect(connection.run("call refresh_materialized_views()")).rejects.toMatchObject({
        errno: 30999,
      });
      await connection.run("commit");
    });
    expect(await shop.query("select city from city where zip = '10001'")).toEqual([{ city: "New York" }]);
    expect(await buyers()).toEqual([{ name: "Tea", buyers: "99 Nobody" }]);
  });
});

describe("a list of buyers or purchases that is longer than the session's group_concat_max_len", () => {
  test("is whole in the materialised views; the plain views cut it with a warning, unless the statement allows more", async () => {
    await shop.product("Tea", "1.00");
    for (const name of ["Ada", "Ben", "Cleo", "Dora", "Emil", "Finn"]) {
      await shop.customer(name);
      await shop.sale(name, [["Tea", 1]]);
    }
    const whole = "1 Ada Smith,2 Ben Smith,3 Cleo Smith,4 Dora Smith,5 Emil Smith,6 Finn Smith";
    const read = (from: string) => `select buyers from ${from} where product_id = 1`;
    await database.admin.withConnection(async (connection) => {
      await connection.run("set session group_concat_max_len = 32");
      try {
        // A purchase, a rename and a refresh within this session, all of which write the list.
        await shop.on(connection).sale("Ada", [["Tea", 1]]);
        await connection.run("update customer set last_name = 'Smith' where customer_id < 3");
        await connection.run("call refresh_materialized_views()");
        expect(await connection.query(read("mv_product_buyers"))).toEqual([{ buyers: whole }]);
        expect(await connection.query(read("v_product_buyers"))).toEqual([{ buyers: whole.slice(0, 32) }]);
        expect(await connection.query("show warnings")).toMatchObject([{ Code: 1260 }]);
        const allowing = "set statement group_concat_max_len = 1073741824 for";
        expect(await connection.query(`${allowing} ${read("v_product_buyers")}`)).toEqual([
          { buyers: whole },
        ]);
      } finally {
        await connection.run("set session group_concat_max_len = 1073741824");
      }
    });
  });
});
