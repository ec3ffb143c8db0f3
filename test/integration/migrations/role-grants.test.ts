import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTriggerFingerprint } from "../../../src/migrations/check-capture-triggers.ts";
import { readRoleGrants } from "../../../src/migrations/role-grants.ts";
import { int } from "../../../src/models/field.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { defineProject } from "../../../src/models/project.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const roles = ["reader", "loader", "writer"] as const;
const analystViews = ["bi_items"];
const addItem = defineProcedure({
  name: "add_item",
  description: "Adds an item.",
  kind: "mutation",
  arguments: { id: int("Item.") },
  result: {},
});
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
      "create or replace procedure add_item(in in_id int)\nmodifies sql data\ncall write_item(in_id, 1);\n",
    // A part of add_item, which is not offered: it checks nothing.
    "procedures/shop/write_item.sql":
      "create or replace procedure write_item(in in_id int, in in_price int)\nmodifies sql data\ninsert into item values (in_id, in_price);\n",
    "views/shop/bi_items.sql":
      "create or replace sql security definer view bi_items as\nselect item_id, double_it(price) as price from dear;\n",
    "views/shop/dear.sql":
      "create or replace sql security invoker view dear as\nselect item_id, double_it(price) as price from item;\n",
  });
  const project = defineProject({
    sql: "sql",
    domains: [
      {
        name: "shop",
        description: "A shop.",
        models: [],
        captured: [{ table: "item" }],
        procedures: [addItem],
      },
    ],
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir });
});

afterAll(async () => {
  await db.close();
  await folder.close();
});

const allowed: Record<(typeof roles)[number], readonly string[]> = {
  reader: ["select item_id, price from dear", "call read_items()"],
  loader: [
    "select item_id, price from dear",
    "select vitrine_read_trigger_fingerprint()",
    "call vitrine_take_position()",
    "update vitrine_position set n = n + 1",
    "insert into vitrine_change_item (item_id) values (1)",
    "delete from vitrine_change_item",
    "insert into vitrine_pending (model, document_id, logged_at) values ('m', '1', now())",
    "delete from vitrine_pending",
    "insert into vitrine_rejected (model, document_id, reason) values ('m', '1', 'r')",
    "insert into vitrine_lease values ('loader', 'me', now())",
    "delete from vitrine_lease where lease_name = 'loader'",
  ],
  writer: [
    "call add_item(7)",
    "call read_items()",
    "select item_id from dear",
    "call vitrine_take_position()",
  ],
};

const refused: typeof allowed = {
  reader: [
    "insert into item values (2, 1)",
    "delete from vitrine_change_item",
    "update vitrine_position set incarnation = 'x'",
    "update vitrine_position set n = n + 1",
    "update vitrine_position set wanted = n",
    "call vitrine_take_position()",
    "insert into vitrine_pending (model, document_id, logged_at) values ('m', '1', now())",
    "call add_item(3)",
    "call write_item(3, 1)",
    "create table t (x int)",
    "select count(*) from mysql.global_priv",
    "select count(*) from mysql.transaction_registry",
  ],
  loader: [
    "insert into item values (2, 1)",
    "update item set price = 1",
    "call add_item(3)",
    "delete from vitrine_migration",
    "create table t (x int)",
    "insert into vitrine_import_run (domain) values ('x')",
  ],
  writer: [
    "call write_item(3, 1)",
    "insert into item values (2, 1)",
    "delete from vitrine_change_item",
    "delete from vitrine_pending",
    "create table t (x int)",
    "update vitrine_position set n = 18446744073709551615",
    "update vitrine_position set wanted = n",
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
  await db.admin.query(
    "create trigger item_after_insert after insert on item for each row set @vitrine_seen = 1",
  );
  const before = await readTriggerFingerprint(db.loader);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await db.loader.query("show triggers")).toEqual([]);
  await db.admin.query("drop trigger item_after_insert");
  expect(await readTriggerFingerprint(db.loader)).not.toBe(before);
});

test("a right that an earlier release granted and nothing needs any more is taken back", async () => {
  const { admin } = db;
  await admin.query(`grant select on mysql.transaction_registry to ${rolesOf(admin.database).reader}`);
  await admin.query("create table mirror_position (n int, wanted int); create table lease (x int)");
  for (const role of ["reader", "writer"] as const)
    await admin.query(
      `grant update (n, wanted) on ${admin.database}.mirror_position to ${rolesOf(admin.database)[role]}`,
    );
  await admin.query(`grant insert, delete on ${admin.database}.lease to ${rolesOf(admin.database).loader}`);
  for (const { sql } of await readRoleGrants(admin, { offered: ["add_item"], analystViews }))
    await admin.query(sql);
  await expect(db.reader.query("select 1 from mysql.transaction_registry")).rejects.toThrow(/denied/);
  for (const one of [db.reader, db.writer])
    await expect(one.query("update mirror_position set n = 0")).rejects.toThrow(/denied/);
  await expect(db.loader.query("insert into lease values (1)")).rejects.toThrow(/denied/);
  await admin.query("drop table mirror_position, lease");
});

test("a right to call what is not offered any more is taken back, and nobody else's", async () => {
  const { admin, writer, reader } = db;
  const grants = () => readRoleGrants(admin, { offered: ["add_item"], analystViews });
  const grantAll = async () => {
    for (const { sql } of await grants()) await admin.query(sql);
  };
  const call = (one: MariaDb, sql: string) =>
    one.query(sql).then(
      () => "done",
      (error: Error) => error.message,
    );
  // As an older release granted it.
  await admin.query(
    `grant execute on procedure ${admin.database}.write_item to ${rolesOf(admin.database).writer}`,
  );
  await admin.query(`grant execute on procedure ${admin.database}.write_item to ${admin.database}_reader`);
  expect(await call(writer, "call write_item(11, 1)")).toBe("done");
  await grantAll();
  expect(await call(writer, "call write_item(12, 1)")).toMatch(/denied/);
  expect(await call(writer, "call add_item(12)")).toBe("done");
  expect(await call(reader, "call write_item(13, 1)")).toBe("done");
  expect((await grants()).map(({ sql }) => sql).join()).not.toContain("revoke");
});

test("granting again changes nothing", async () => {
  const show = async () => {
    const all = await Promise.all(
      roles.map((role) => db.admin.query(`show grants for ${rolesOf(db.admin.database)[role]}`)),
    );
    return all.map((rows) => rows.flatMap((row) => Object.values(row).map(String)).sort());
  };
  const before = await show();
  expect(before.flat().length).toBeGreaterThan(10);
  for (const { sql } of await readRoleGrants(db.admin, { offered: [addItem.name], analystViews }))
    await db.admin.query(sql);
  expect(await show()).toEqual(before);
});
