import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readChangeTables } from "../../../src/core/change-tables.ts";
import { openMariaDb, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { captureTables } from "../../support/capture.ts";
import { clearChanges } from "../../support/changes.ts";
import type { TestDatabase } from "../../support/database.ts";
import type { SqlFolder } from "../../support/sql-folder.ts";
import { openLibrary } from "./library.ts";

let folder: SqlFolder;
let db: TestDatabase;

beforeAll(async () => {
  ({ db, folder } = await openLibrary());
});
afterAll(async () => {
  await db.close();
  await folder.close();
});

/** What was logged since the last call: table, keys, changed columns. */
async function takeLog() {
  const logged: (readonly [table: string, keys: object, changed: unknown])[] = [];
  for (const { source, name } of await readChangeTables(db.admin)) {
    const rows = await db.admin.query(`select * from ${quoteName(name)} order by vitrine_id`);
    for (const { vitrine_id: _id, vitrine_at: _at, vitrine_changed: changed, ...keys } of rows) {
      // The driver gives what may be large as text.
      const plain = Object.entries(keys).map(([key, value]) => [
        key,
        key === "ordered_month" ? value : Number(value),
      ]);
      logged.push([source, Object.fromEntries(plain), changed ?? null]);
    }
  }
  await clearChanges(db.admin);
  return logged;
}

const orderKeys = (order: number, reader = 1, month = "2024-05") => ({
  order_id: order,
  reader_id: reader,
  ordered_month: month,
  code: 7,
});

describe("capture triggers log", () => {
  beforeEach(async () => {
    await db.admin.query("delete from loan; delete from `order`; delete from reader; delete from ticket");
    await db.admin.query("insert into reader (reader_id, name) values (1, 'Ada'), (2, 'Eve')");
    await db.admin.query(
      "insert into `order` (order_id, reader_id, ordered_at) values (10, 1, '2024-05-06')",
    );
    await clearChanges(db.admin);
  });

  test("an insert: the primary key, the foreign key and the declared keys, as they are", async () => {
    await db.admin.query(
      "insert into `order` (order_id, reader_id, ordered_at) values (11, 2, '2024-06-01')",
    );
    expect(await takeLog()).toEqual([["order", orderKeys(11, 2, "2024-06"), null]]);
  });

  test("an update: the keys and exactly the columns that differ", async () => {
    await db.admin.query(
      "update `order` set `group` = 3, tax = 1.50, price = null, flag = 1 where order_id = 10",
    );
    expect(await takeLog()).toEqual([["order", orderKeys(10), "group,tax,flag"]]);
  });

  test("a column that becomes null or stops being null", async () => {
    await db.admin.query("update `order` set price = 5");
    await db.admin.query("update `order` set price = null");
    expect((await takeLog()).map((row) => row[2])).toEqual(["price", "price"]);
  });

  test("nothing when an update changes nothing, or ignored columns only", async () => {
    await db.admin.query("update `order` set tax = tax, reader_id = 1, total = default");
    await db.admin.query("update reader set note = 'late', name = 'Ada' where reader_id = 1");
    expect(await takeLog()).toEqual([]);
  });

  test("a change of case, accent or trailing blank under a collation that ignores it", async () => {
    await db.admin.query("update reader set nickname = 'ada' where reader_id = 1");
    for (const name of ["Ada", "Áda", "Áda "])
      await db.admin.query("update reader set nickname = ? where reader_id = 1", [name]);
    await db.admin.query("update reader set name = 'Ada ' where reader_id = 1");
    expect((await takeLog()).map((row) => row[2])).toEqual([...Array(4).fill("nickname"), "name"]);
  });

  test("a moved child under both parents", async () => {
    await db.admin.query("update `order` set reader_id = 2 where order_id = 10");
    expect(await takeLog()).toEqual([
      ["order", orderKeys(10, 1), null],
      ["order", orderKeys(10, 2), null],
    ]);
  });

  test("a changed primary key and a changed generated key, old and new", async () => {
    await db.admin.query("update `order` set order_id = 12, ordered_at = '2025-01-01' where order_id = 10");
    expect(await takeLog()).toEqual([
      ["order", orderKeys(10), null],
      ["order", orderKeys(12, 1, "2025-01"), null],
    ]);
  });

  test("a delete: the old keys", async () => {
    await db.admin.query("delete from `order` where order_id = 10");
    expect(await takeLog()).toEqual([["order", orderKeys(10), null]]);
  });

  test("replace, insert … on duplicate key update, and several rows of one statement", async () => {
    await db.admin.query("replace into reader (reader_id, name) values (2, 'Eva')");
    expect(await takeLog()).toEqual([
      ["reader", { reader_id: 2 }, null],
      ["reader", { reader_id: 2 }, null],
    ]);
    await db.admin.query(
      "insert into reader (reader_id, name) values (2, 'Eve'), (3, 'Ida') on duplicate key update name = values(name)",
    );
    expect(await takeLog()).toEqual([
      ["reader", { reader_id: 2 }, "name"],
      ["reader", { reader_id: 3 }, null],
    ]);
    await db.admin.query("update reader set name = concat(name, '!') where reader_id in (1, 2)");
    expect(await takeLog()).toHaveLength(2);
  });

  test("load data", async () => {
    await db.admin.withConnection(async ({ raw }) => {
      const infileStreamFactory = () => Readable.from([Buffer.from("31\tKim\n32\tLee\n")]);
      await raw.query({
        sql: "load data local infile 'readers' into table reader (reader_id, name)",
        infileStreamFactory,
      });
    });
    expect(await takeLog()).toEqual([
      ["reader", { reader_id: 31 }, null],
      ["reader", { reader_id: 32 }, null],
    ]);
  });

  test("a table that has nothing but keys", async () => {
    await db.admin.query("insert into loan values (10, 5)");
    await db.admin.query("update loan set book_id = 5");
    await db.admin.query("update loan set book_id = 6");
    expect(await takeLog()).toEqual([
      ["loan", { order_id: 10, book_id: 5 }, null],
      ["loan", { order_id: 10, book_id: 5 }, null],
      ["loan", { order_id: 10, book_id: 6 }, null],
    ]);
  });
});

test("a column whose name is no ASCII is logged by its name, and asked for by it", async () => {
  await db.admin.query("create table ring (ring_id int primary key, `größe` int, weight int)");
  await captureTables(db.admin, [{ table: "ring" }], { triggers: true });
  await db.admin.query("insert into ring values (1, 2, 3)");
  await db.admin.query("update ring set `größe` = 5");
  expect(
    await db.admin.query(
      "select vitrine_changed as changed from vitrine_change_ring where find_in_set('größe', vitrine_changed)",
    ),
  ).toEqual([{ changed: "größe" }]);
});

describe("writers of a captured table", () => {
  test("16 at once finish while one statement of unknown size is still running its triggers", async () => {
    await takeLog();
    const shop = openMariaDb(db.mariadbUrl, { size: 16 });
    let isRunning = true;
    // After its first row, `insert … select` in a trigger would hold the auto-increment lock of the change table
    // until this statement ends.
    const slow = db.admin.query("insert into ticket (text) select sleep(0.25) from seq_1_to_12").then(() => {
      isRunning = false;
    });
    await sleep(600);
    await Promise.all(
      Array.from({ length: 16 }, (_, writer) =>
        shop.transaction(async (connection) => {
          for (let i = 0; i < 5; i++)
            await connection.query("insert into reader (reader_id, name) values (?, 'x')", [
              1000 + writer * 10 + i,
            ]);
        }),
      ),
    );
    expect(isRunning).toBe(true);
    await slow;
    await shop.close();
    expect(await takeLog()).toHaveLength(12 + 80);
  });
});
