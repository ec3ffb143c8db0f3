import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { logBegun } from "../../../src/core/migration-log.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { defineDomain } from "../../../src/models/project.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openOwnMariaDb } from "../../support/replicated-mariadb.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

// A server of its own: MariaDB's record of transactions belongs to the whole server.
let server: Awaited<ReturnType<typeof openOwnMariaDb>>;
let db: MariaDb;
let folder: SqlFolder;
beforeAll(async () => {
  server = await openOwnMariaDb([]);
  const [own] = server.servers;
  if (!own) throw new Error("There is no server.");
  db = own.db;
});
afterAll(() => server?.close());

const period = `row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end)`;
const options =
  "engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning";

/** Tables as releases before this one made them, with triggers that must not notice a thing. */
const files = {
  "migrations/shop/0001-tables.sql": `create table if not exists \`group\` (
    group_id int not null primary key, name varchar(20) not null, ${period}) ${options};
create table if not exists item (
    item_id int not null primary key, group_id int not null, price decimal(10,2) null,
    double_price decimal(12,2) generated always as (price * 2) stored, note varchar(20) default 'it''s',
    ${period}, constraint item_price_ck check (price >= 0),
    constraint item_group_id_fk foreign key (group_id) references \`group\` (group_id)) ${options};
create table if not exists seen (seen_id int auto_increment primary key, what varchar(50));`,
  "triggers/shop/item_after_insert.sql":
    "create or replace trigger item_after_insert after insert on item for each row\ninsert into seen (what) values (concat('item', ' ', new.item_id));\n",
  "triggers/shop/item_before_insert.sql":
    "create or replace trigger item_before_insert before insert on item for each row\nset new.price = new.price + 1;\n",
  "triggers/shop/item_after_update.sql":
    "create or replace trigger item_after_update after update on item for each row\ninsert into seen (what) values ('`quoted` \"and\" it''s \\\\ \\n slashed');\n",
};
const steps = [
  "call vitrine_keep_commit_times();",
  "call vitrine_keep_versions('group');",
  "call vitrine_keep_versions('item');",
  "lock tables `group` write, group_versions write, item write, item_versions write, vitrine_commit_time as begun read, vitrine_commit_time as ended read;",
  "call vitrine_take_versions('group');",
  "call vitrine_take_versions('item');",
  "call vitrine_put_versions('group');",
  "call vitrine_put_versions('item');",
  "unlock tables;",
  "drop table group_versions, item_versions, vitrine_commit_time;",
];

const shop = defineDomain({ name: "shop", description: "A shop.", models: [], captured: [] });
const up = () => migrateUp({ admin: db, sqlDir: folder.dir, domains: [shop] });
const query = (sql: string) => db.query<Record<string, string>>(sql);
const triggers = () =>
  query(`select trigger_name, action_timing, event_manipulation, action_statement, definer, sql_mode
    from information_schema.triggers where trigger_schema = database() order by 1`);
/** Each state of an item and when it began, as the record of transactions has it before and the table after. */
const versionsBy = (time: (column: string) => string) =>
  query(`select item_id, group_id, cast(price as char) as price, double_price, note, ${time("row_start")} as since
    from item for system_time all order by item_id, since`);
const isByTime = () =>
  query(`select distinct data_type as type from information_schema.columns
    where table_schema = database() and generation_expression = 'ROW START'`);

beforeEach(async () => {
  await db.query("drop database vitrine; create database vitrine; use vitrine");
  folder = await createSqlFolder(files);
  await up();
  await db.query("insert into `group` (group_id, name) values (1, 'old'), (2, 'gone')");
  await db.query("insert into item (item_id, group_id, price) values (1, 1, 10), (2, 2, 20), (3, 1, null)");
  await db.query("update item set price = 30 where item_id = 1");
  await db.query("update item set note = 'x' where item_id = 1");
  await db.query("update `group` set name = 'new' where group_id = 1");
  await db.query("delete from item where item_id = 2; delete from `group` where group_id = 2");
  return () => folder.close();
});

const registered = (column: string) =>
  `(select cast(commit_timestamp as char) from mysql.transaction_registry where transaction_id = item.${column})`;

/** What is there after the migration, whatever happened on the way. */
async function expectAllKept(
  before: Awaited<ReturnType<typeof versionsBy>>,
  code: Awaited<ReturnType<typeof triggers>>,
) {
  const after = await versionsBy((column) => `cast(${column} as char)`);
  // A row that stands has one version more, which says the same from the migration on.
  const [altered] = await query("select cast(max(row_start) as char) as at from item where item_id = 1");
  expect(after.filter(({ since }) => since !== altered?.at)).toEqual(before);
  expect(after.filter(({ since }) => since === altered?.at).map(({ item_id }) => item_id)).toEqual([1, 3]);
  expect(await isByTime()).toEqual([{ type: "timestamp" }]);
  expect(await triggers()).toEqual(code);
  expect(
    await query(
      "select table_name from information_schema.tables where table_schema = database() and (table_name like '%\\_versions' or table_name = 'vitrine_commit_time')",
    ),
  ).toEqual([]);
}

test("keeps every version with the time of its commit, fires no trigger, and MariaDB's record is written no more", async () => {
  const before = await versionsBy(registered);
  expect(before).toHaveLength(5);
  const [code, seen] = [await triggers(), await query("select what from seen order by seen_id")];
  await folder.write({ "migrations/shop/0002-history.sql": steps.join("\n") });
  await up();
  await expectAllKept(before, code);
  expect(await query("select what from seen order by seen_id")).toEqual(seen);
  const record = await query("select count(*) as n from mysql.transaction_registry");
  await db.query(
    "update item set price = 5 where item_id = 1; insert into item (item_id, group_id, price) values (9, 1, 1)",
  );
  expect(await query("select count(*) as n from mysql.transaction_registry")).toEqual(record);
  expect(await query("select cast(price as char) as price from item where item_id = 9")).toEqual([
    { price: "2.00" },
  ]);
  await expect(db.run("insert into item (item_id, group_id, price) values (10, 77, 1)")).rejects.toThrow(
    "foreign key",
  );
  await expect(db.run("insert into item (item_id, group_id, price) values (10, 1, -9)")).rejects.toThrow(
    "item_price_ck",
  );
  expect(await up()).toEqual([]);
});

test.each(steps.map((step, index) => [step.slice(0, 40), index] as const))(
  "can be run again after a crash before: %s",
  async (_step, index) => {
    const before = await versionsBy(registered);
    const code = await triggers();
    await db
      .withConnection(async (connection) => {
        // As the run notes before its first statement: what the migration makes is ours.
        await logBegun(connection, { name: "migrations/shop/0002-history.sql", kind: "versioned" });
        // All that a migration found made by the core's.
        for (const step of steps.slice(0, index)) await connection.query(step);
        // The connection is closed, and its locks are gone.
        throw new Error("crash");
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.message === "crash")) throw error;
      });
    await folder.write({ "migrations/shop/0002-history.sql": steps.join("\n") });
    await up();
    await expectAllKept(before, code);
  },
);

test("takes nothing away where it cannot be given back: the account may not read when commits were", async () => {
  const code = await triggers();
  const before = await versionsBy(registered);
  await db.query("call vitrine_keep_versions('item')");
  await expect(
    db.withConnection(async (connection) => {
      await connection.query(`call vitrine_keep_commit_times(); set @commit_times_denied = true;
        lock tables item write, item_versions write, vitrine_commit_time as begun read, vitrine_commit_time as ended read`);
      await connection.query("call vitrine_take_versions('item')");
    }),
  ).rejects.toThrow("mysql.transaction_registry");
  expect(await versionsBy(registered)).toEqual(before);
  expect(await triggers()).toEqual(code);
});

test("keeps the triggers when one of their definers may not be named", async () => {
  await db.query("create or replace user other@localhost; grant all on *.* to other@localhost");
  await db.query(
    "create definer = other@localhost trigger item_of_other after delete on item for each row do 0",
  );
  const code = await triggers();
  await db.query(`create or replace user 'half@way'@'%' identified by 'half';
    grant all on vitrine.* to 'half@way'@'%'`);
  const [own] = server.servers;
  const url = Object.assign(new URL(own?.url ?? ""), { username: "half%40way", password: "half" }).href;
  const half = openMariaDb(url, { size: 1, multipleStatements: true });
  try {
    await expect(
      half.withConnection(async (connection) => {
        await connection.query("drop procedure vitrine_without_triggers");
        await connection.query(
          (await readFile("sql/migrations/core/0009-history-with-versions.sql", "utf8"))
            .split("-- purpose: version in_table")[0]
            ?.replace("modifies sql data", "modifies sql data sql security invoker") ?? "",
        );
        await connection.query("lock tables item write");
        await connection.query("call vitrine_without_triggers('item', 'do 0')");
      }),
    ).rejects.toThrow(/denied/);
    expect(await triggers()).toEqual(code);
  } finally {
    await half.close();
    await db.query("drop user 'half@way'@'%'; drop user other@localhost");
  }
});

test("brings the triggers back when the past cannot be written", async () => {
  const code = await triggers();
  await db.query("lock tables item write; unlock tables");
  await expect(
    db.withConnection(async (connection) => {
      await connection.query("lock tables item write");
      await connection.query(
        "call vitrine_without_triggers('item', 'insert into item (no_such_column) values (1)')",
      );
    }),
  ).rejects.toThrow("no_such_column");
  expect(await triggers()).toEqual(code);
});
