import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compareTriggerFiles, writeTriggerFiles } from "../../../src/migrations/capture-trigger-files.ts";
import { generateCaptureTriggers } from "../../../src/migrations/capture-triggers.ts";
import {
  checkCaptureTriggers,
  readTriggerFingerprint,
} from "../../../src/migrations/check-capture-triggers.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { toSqlName } from "../../../src/migrations/reserved-words.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { loadRepositoryProject, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const table = "engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin";

/** A library that is awkward on purpose: reserved words, odd collations, generated and versioned columns. */
const tables = `
create table if not exists reader (
    reader_id int not null primary key,
    name varchar(50) not null,
    nickname varchar(50) character set utf8mb4 collate utf8mb4_general_ci null,
    note varchar(50) null
) ${table} with system versioning;
create table if not exists \`order\` (
    order_id int not null primary key,
    reader_id int not null,
    ordered_at datetime(3) not null,
    \`group\` int not null default 0,
    price decimal(12,2) null,
    tax decimal(12,2) not null default 0,
    total decimal(12,2) generated always as (price + tax) stored,
    ordered_month char(7) generated always as (left(cast(ordered_at as char), 7)) virtual,
    flag bit(1) not null default 0,
    code int(6) unsigned zerofill not null default 7,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    constraint order_reader_id_fk foreign key (reader_id) references reader (reader_id)
) ${table} with system versioning;
create table if not exists loan (
    order_id int not null,
    book_id int not null,
    primary key (order_id, book_id),
    constraint loan_order_id_fk foreign key (order_id) references \`order\` (order_id)
) ${table};
create table if not exists ticket (
    ticket_id int not null auto_increment primary key,
    text varchar(20) not null
) ${table};`;

const library = defineDomain({
  name: "library",
  description: "A library.",
  models: [],
  captured: [
    { table: "reader", ignore: ["note"] },
    { table: "order", keys: ["ordered_month", "code"] },
    { table: "loan" },
    { table: "ticket" },
  ],
});
const project = defineProject({ sql: "sql", domains: [library] });

let folder: SqlFolder;
let db: TestDatabase;

beforeAll(async () => {
  folder = await createSqlFolder({ "migrations/library/0001-tables.sql": tables });
  db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
  await writeTriggerFiles(folder.dir, await compareTriggerFiles(db.mariadbUrl, folder.dir, project));
  await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: project.domains });
});
afterAll(async () => {
  await db.close();
  await folder.close();
});

/** What was logged since the last call: table, keys, changed columns. */
async function takeLog() {
  const rows = await db.admin.query<{ source_table: string; row_keys: string; changed: string | null }>(
    "select source_table, row_keys, changed from change_log order by change_id",
  );
  await db.admin.query("delete from change_log");
  return rows.map((row) => [row.source_table, JSON.parse(row.row_keys) as object, row.changed]);
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
    await db.admin.query("delete from change_log");
  });

  test("an insert: the primary key, the foreign key and the declared keys, as plain JSON numbers and strings", async () => {
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

describe("writers of a captured table", () => {
  test("16 at once finish while one statement of unknown size is still running its triggers", async () => {
    await takeLog();
    const shop = openMariaDb(db.mariadbUrl, { size: 16 });
    let isRunning = true;
    // After its first row, `insert … select` in a trigger would hold the auto-increment lock of change_log
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

describe("the check of capture triggers", () => {
  test("finds nothing wrong with generated ones", async () => {
    expect(await checkCaptureTriggers(db.admin, project)).toEqual([]);
    expect(await compareTriggerFiles(db.mariadbUrl, folder.dir, project)).toEqual([]);
  });

  test("finds a lost trigger, by its fingerprint too, and migrate up repairs it", async () => {
    const before = await readTriggerFingerprint(db.loader);
    await db.admin.query("drop trigger loan_after_delete_capture");
    expect(await readTriggerFingerprint(db.loader)).not.toBe(before);
    expect(await checkCaptureTriggers(db.admin, project)).toMatchObject([
      { trigger: "loan_after_delete_capture", table: "loan", kind: "missing" },
    ]);
    const steps = await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: project.domains });
    expect(steps.map((step) => step.name)).toContain("triggers/library/loan_after_delete_capture.sql");
    expect(await checkCaptureTriggers(db.admin, project)).toEqual([]);
    // One made anew is another one: it missed what was written in between.
    expect(await readTriggerFingerprint(db.loader)).not.toBe(before);
  });

  test("finds a changed one, insert … select, and a definer that does not exist", async () => {
    await db.admin.query(
      "create or replace trigger loan_after_delete_capture after delete on loan for each row do 0",
    );
    await db.admin.query(
      `create definer = 'nobody_here'@'%' trigger ticket_copy after delete on ticket for each row
      insert into change_log (source_table, row_keys) select 'ticket', json_object('ticket_id', old.ticket_id)`,
    );
    const kinds = (await checkCaptureTriggers(db.admin, project)).map((p) => `${p.trigger} ${p.kind}`);
    expect(kinds).toEqual([
      "loan_after_delete_capture differs",
      "ticket_copy insert-select",
      "ticket_copy no-definer",
    ]);
    await db.admin.query("drop trigger ticket_copy");
    await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: project.domains });
    expect(await checkCaptureTriggers(db.admin, project)).toEqual([]);
  });

  test("says which file is stale, and which goes when its table is not captured any more", async () => {
    const fewer = defineProject({
      sql: "sql",
      domains: [
        { ...library, captured: [{ table: "reader" }, { table: "order", keys: ["ordered_month", "code"] }] },
      ],
    });
    const changes = await compareTriggerFiles(db.mariadbUrl, folder.dir, fewer);
    expect(changes.map((change) => [change.file, change.text === undefined])).toEqual([
      ...["loan", "ticket"].flatMap((name) =>
        ["delete", "insert", "update"].map((event) => [
          `triggers/library/${name}_after_${event}_capture.sql`,
          true,
        ]),
      ),
      ["triggers/library/reader_after_update_capture.sql", false],
    ]);
  });
});

describe("the generator", () => {
  test("obeys the house style", async () => {
    for (const { text, name } of await generateCaptureTriggers(db.admin, library)) {
      expect(
        text.split("\n").filter((line) => line.length > 100),
        name,
      ).toEqual([]);
      expect(name.length).toBeLessThanOrEqual(64);
      expect(text.split("\n")[0]).toMatch(/^-- purpose: /);
      expect(text).toContain("-- generated by vitrine triggers generate");
      expect(text).not.toMatch(/\bselect\b/);
      expect(text).toMatch(/ {4}\S/);
    }
  });

  test.each([
    [{ table: "nowhere" }, /nowhere: it does not exist/],
    [{ table: "reader", keys: ["nothing"] }, /no column nothing/],
    [{ table: "unkeyed" }, /no primary key/],
    [{ table: "binary_key" }, /binary_id is a key but varbinary/],
  ])("refuses %j", async (captured, message) => {
    await db.admin.query("create table if not exists unkeyed (x int)");
    await db.admin.query("create table if not exists binary_key (binary_id varbinary(8) primary key)");
    await expect(
      generateCaptureTriggers(db.admin, { name: "library", captured: [captured] }),
    ).rejects.toMatchObject({ code: "MIGRATION_FAILED", message: expect.stringMatching(message) });
  });

  test("quotes every word that the server reserves", async () => {
    const words = await db.admin.query<{ word: string }>(
      "select lower(word) as word from information_schema.keywords where word regexp '^[A-Za-z_]+$'",
    );
    const refused: string[] = [];
    for (const { word } of words)
      await db.admin
        .query(`create or replace temporary table ${toSqlName(word)} (x int)`)
        .catch(() => refused.push(word));
    expect(refused).toEqual([]);
    expect(words.filter(({ word }) => toSqlName(word) === word).length).toBeGreaterThan(100);
  });
});

test("the triggers of this repository are the ones that its tables and declarations give", async () => {
  const own = await loadRepositoryProject();
  const sqlDir = new URL(`../../../${own.sql}`, import.meta.url).pathname;
  expect((await compareTriggerFiles(db.mariadbUrl, sqlDir, own)).map((change) => change.file)).toEqual([]);
});
