import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTriggerFingerprint } from "../../../src/migrations/check-capture-triggers.ts";
import { readRoleGrants } from "../../../src/migrations/role-grants.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const roles = ["reader", "loader", "writer"] as const;
let folder: SqlFolder;
let db: TestDatabase;

beforeAll(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-item.sql": `create table if not exists item (item_id int primary key, price int not null);
insert ignore into item values (1, 10);`,
    "procedures/shop/double_it.sql":
      "create or replace function double_it(in_value int) returns int\nno sql\nreturn in_value * 2;\n",
    "procedures/shop/read_items.sql":
      "create or replace procedure read_items()\nreads sql data\nselect item_id from item;\n",
    "procedures/shop/add_item.sql":
      "create or replace procedure add_item(in in_id int)\nmodifies sql data\ninsert into item values (in_id, 1);\n",
    "views/shop/dear.sql":
      "create or replace sql security invoker view dear as\nselect item_id, double_it(price) as price from item;\n",
  });
  const project = defineProject({
    sql: "sql",
    domains: [{ name: "shop", description: "A shop.", models: [], captured: [] }],
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir });
});

afterAll(async () => {
  await db.close();
  await folder.close();
});

const allowed: Record<(typeof roles)[number], readonly string[]> = {
  reader: [
    "select item_id, price from dear",
    "update mirror_position set n = n + 1",
    "select count(*) from mysql.transaction_registry",
    "call read_items()",
  ],
  loader: [
    "select item_id, price from dear",
    "select read_trigger_fingerprint()",
    "update mirror_position set n = n + 1",
    "insert into change_log (source_table, row_keys) values ('item', '{}')",
    "delete from change_log",
    "insert into mirror_pending (model, document_id, logged_at) values ('m', '1', now())",
    "delete from mirror_pending",
    "insert into mirror_dead (model, document_id, reason) values ('m', '1', 'r')",
    "insert into lease values ('loader', 'me', now())",
    "delete from lease where lease_name = 'loader'",
  ],
  writer: ["call add_item(7)", "select item_id from dear", "update mirror_position set wanted = n"],
};

const refused: typeof allowed = {
  reader: [
    "insert into item values (2, 1)",
    "delete from change_log",
    "update mirror_position set incarnation = 'x'",
    "insert into mirror_pending (model, document_id, logged_at) values ('m', '1', now())",
    "call add_item(3)",
    "create table t (x int)",
    "select count(*) from mysql.global_priv",
  ],
  loader: [
    "insert into item values (2, 1)",
    "update item set price = 1",
    "call add_item(3)",
    "delete from migration",
    "create table t (x int)",
    "insert into import_run (domain) values ('x')",
  ],
  writer: [
    "insert into item values (2, 1)",
    "delete from change_log",
    "delete from mirror_pending",
    "create table t (x int)",
  ],
};

describe.each(roles)("the role of the %s", (role) => {
  test.each(allowed[role])("may %s", async (sql) => {
    await db[role].query(sql);
  });

  test.each(refused[role])("may not %s", async (sql) => {
    await expect(db[role].query(sql)).rejects.toThrow(/denied/);
  });
});

test("the rights on one database are not rights on another whose name is alike", async () => {
  const alike = db.admin.database.replaceAll("_", "x");
  await db.admin.query(`create database ${alike}; create table ${alike}.t (x int)`);
  try {
    await expect(db.reader.query(`select x from ${alike}.t`)).rejects.toThrow(/denied/);
  } finally {
    await db.admin.query(`drop database ${alike}`);
  }
});

test("a loader sees that a trigger is lost, though it may not see triggers", async () => {
  await db.admin.query("create trigger item_after_insert after insert on item for each row do 0");
  const before = await readTriggerFingerprint(db.loader);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await db.loader.query("show triggers")).toEqual([]);
  await db.admin.query("drop trigger item_after_insert");
  expect(await readTriggerFingerprint(db.loader)).not.toBe(before);
});

test("granting again changes nothing", async () => {
  const show = async () => {
    const all = await Promise.all(
      roles.map((role) => db.admin.query(`show grants for vitrine_${role}_role`)),
    );
    // Other tests grant rights on databases of their own meanwhile.
    const pattern = db.admin.database.replaceAll("_", "\\_");
    return all.map((rows) =>
      rows
        .flatMap((row) => Object.values(row).map(String))
        .filter((grant) => grant.includes(db.admin.database) || grant.includes(pattern))
        .sort(),
    );
  };
  const before = await show();
  expect(before.flat().length).toBeGreaterThan(10);
  for (const { sql } of await readRoleGrants(db.admin)) await db.admin.query(sql);
  expect(await show()).toEqual(before);
});
