import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type MigrateOptions, migrateUp } from "../../../src/migrations/migrate.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const view = (name: string, select: string) =>
  `-- purpose: a test\ncreate or replace sql security invoker view ${name} as\n${select};\n`;

const tables = "create table if not exists item (item_id int primary key, price int not null);";

let folder: SqlFolder;
let db: TestDatabase;

beforeEach(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-tables.sql": tables,
    "views/shop/b_price.sql": view("b_price", "select item_id, price from item"),
    "views/shop/a_dear.sql": view("a_dear", "select item_id, price from b_price where price > 100"),
    "procedures/shop/add_item.sql": `create or replace procedure add_item(in in_item_id int, in in_price int)
modifies sql data
begin
    declare v_price int default in_price; -- a semicolon; and a 'quote
    if v_price < 0 then
        signal sqlstate '45000' set message_text = 'no; never';
    end if;
    insert into item (item_id, price) values (in_item_id, v_price);
end;
`,
    "procedures/shop/double_it.sql":
      "create or replace function double_it(in_value int) returns int\nno sql\nreturn in_value * 2;\n",
    "triggers/shop/item_before_insert.sql": `create or replace trigger item_before_insert
before insert on item for each row
if new.price = 0 then
    set new.price = double_it(5);
end if;
`,
  });
  const project = defineProject({
    sql: "sql",
    domains: ["shop", "annex"].map((name) => ({ name, description: name, models: [], captured: [] })),
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
});
afterEach(async () => {
  await db.close();
  await folder.close();
});

const up = async (options: Partial<MigrateOptions> = {}): Promise<string[]> => {
  const steps = await migrateUp({
    admin: db.admin,
    sqlDir: folder.dir,
    domains: db.project.domains,
    ...options,
  });
  return steps
    .filter((step) => step.action !== "grant" && !step.name.includes("/core/"))
    .map((step) => `${step.action} ${step.name}`);
};

const objects = async () =>
  (
    await db.admin.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = database()
        and table_name in ('item', 'extra', 'a_dear', 'b_price', 'c_price')
      union all select routine_name from information_schema.routines
        where routine_schema = database() and routine_name in ('add_item', 'double_it')
      union all select trigger_name from information_schema.triggers where trigger_schema = database()
      order by 1`,
    )
  ).map((row) => row.name);

describe("migrate up", () => {
  test("applies tables first, then each object after those it names, and works", async () => {
    const steps = await up();
    expect(steps[0]).toBe("apply migrations/shop/0001-tables.sql");
    expect(steps).toHaveLength(6);
    expect(steps.indexOf("apply views/shop/b_price.sql")).toBeLessThan(
      steps.indexOf("apply views/shop/a_dear.sql"),
    );
    await db.admin.query("call add_item(1, 0); call add_item(2, 500)");
    expect(await db.admin.query("select item_id, price from a_dear")).toEqual([{ item_id: 2, price: 500 }]);
    expect(await db.admin.query("select price from item where item_id = 1")).toEqual([{ price: 10 }]);
    await expect(db.admin.query("call add_item(3, -1)")).rejects.toThrow("no; never");
  });

  test("does nothing the second time", async () => {
    await up();
    expect(await up()).toEqual([]);
  });

  test("applies the second domain's 0001 too", async () => {
    await folder.write({ "migrations/annex/0001-tables.sql": "create table if not exists extra (x int);" });
    expect((await up()).slice(0, 2)).toEqual([
      "apply migrations/shop/0001-tables.sql",
      "apply migrations/annex/0001-tables.sql",
    ]);
    expect(await objects()).toContain("extra");
  });

  test("applies the 0001 of a domain that comes later", async () => {
    await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: [{ name: "shop" }] });
    await folder.write({ "migrations/annex/0001-tables.sql": "create table if not exists extra (x int);" });
    expect(await up()).toContain("apply migrations/annex/0001-tables.sql");
    expect(await objects()).toContain("extra");
  });

  test("stores routines without IGNORE_SPACE, strict and with ids of zero", async () => {
    await up();
    const modes = await db.admin.query<{ mode: string }>(
      `select distinct sql_mode as mode from information_schema.routines where routine_schema = database()
      union select sql_mode from information_schema.triggers where trigger_schema = database()`,
    );
    expect(modes).toHaveLength(1);
    expect(modes[0]?.mode).not.toContain("IGNORE_SPACE");
    expect(modes[0]?.mode).toContain("STRICT_TRANS_TABLES");
    expect(modes[0]?.mode).toContain("NO_AUTO_VALUE_ON_ZERO");
  });

  test("applies a changed view again, and what is built on it", async () => {
    await up();
    await folder.write({
      "views/shop/b_price.sql": view("b_price", "select item_id, price + 1 as price from item"),
    });
    expect(await up()).toEqual(["apply views/shop/b_price.sql", "apply views/shop/a_dear.sql"]);
    expect(await up()).toEqual([]);
  });

  test("drops an object whose file has gone, and follows a file that moved or was renamed", async () => {
    await up();
    await folder.remove(
      "triggers/shop/item_before_insert.sql",
      "views/shop/a_dear.sql",
      "views/shop/b_price.sql",
    );
    await folder.write({
      "views/annex/b_price.sql": view("b_price", "select item_id, price from item"),
      "views/shop/c_price.sql": view("c_price", "select item_id, price from b_price"),
    });
    expect((await up()).sort()).toEqual([
      "apply views/annex/b_price.sql",
      "apply views/shop/c_price.sql",
      "drop triggers/shop/item_before_insert.sql",
      "drop views/shop/a_dear.sql",
      "drop views/shop/b_price.sql",
    ]);
    expect(await objects()).toEqual(["add_item", "b_price", "c_price", "double_it", "item"]);
    expect(await up()).toEqual([]);
  });

  test("follows a routine from function to procedure, and a view replaced by a table", async () => {
    await up();
    await folder.remove(
      "triggers/shop/item_before_insert.sql",
      "views/shop/a_dear.sql",
      "views/shop/b_price.sql",
    );
    await folder.write({
      "procedures/shop/double_it.sql": "create or replace procedure double_it()\nno sql\nselect 2;\n",
      "migrations/shop/0002-b.sql":
        "drop view if exists b_price; create table if not exists b_price (x int);",
    });
    await up();
    expect(
      await db.admin.query(
        "select routine_type as kind from information_schema.routines where routine_schema = database() and routine_name = 'double_it'",
      ),
    ).toEqual([{ kind: "PROCEDURE" }]);
    expect(await db.admin.query("select x from b_price")).toEqual([]);
    expect(await up()).toEqual([]);
  });

  test("repairs objects that were dropped or changed by hand", async () => {
    await up();
    await db.admin.query("drop trigger item_before_insert");
    await db.admin.query("create or replace view b_price as select item_id, 1 as price from item");
    await db.admin.query("create or replace procedure add_item() select 1");
    expect((await up()).sort()).toEqual([
      "apply procedures/shop/add_item.sql",
      "apply triggers/shop/item_before_insert.sql",
      "apply views/shop/b_price.sql",
    ]);
  });

  test("reports an applied file whose text changed, and one that is not there any more", async () => {
    await up();
    await folder.write({ "migrations/shop/0001-tables.sql": `${tables}\n-- a remark` });
    await expect(up()).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/migrations\/shop\/0001-tables\.sql: already applied/),
    });
    await folder.remove("migrations/shop/0001-tables.sql");
    await expect(up()).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/migrations\/shop\/0001-tables\.sql: applied to this database, but/),
    });
  });

  test("names the file and the server's message when a statement is refused", async () => {
    await folder.write({
      "migrations/shop/0002-broken.sql":
        "create table if not exists extra (x int);\nalter table nowhere add y int;\n",
    });
    await expect(up()).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/^migrations\/shop\/0002-broken\.sql: .*nowhere/),
      details: { file: "migrations/shop/0002-broken.sql" },
    });
    // What went before stays, and the next run goes on from there.
    expect(await objects()).toEqual(["extra", "item"]);
    await folder.write({
      "migrations/shop/0002-broken.sql":
        "create table if not exists extra (x int);\nalter table extra add column if not exists y int;\n",
    });
    expect((await up())[0]).toBe("apply migrations/shop/0002-broken.sql");
    expect(await up()).toEqual([]);
  });

  test("names the files that name each other in a circle, before anything is changed", async () => {
    await folder.write({
      "views/shop/b_price.sql": view("b_price", "select item_id, price from a_dear"),
    });
    await expect(up()).rejects.toMatchObject({
      message: expect.stringMatching(/circle.*views\/shop\/(a_dear|b_price)\.sql → .*→/),
    });
    expect(await objects()).toEqual([]);
  });
});

describe("a dry run", () => {
  test("reports the SQL of every step and changes nothing, also on an empty database", async () => {
    const steps = await migrateUp({
      admin: db.admin,
      sqlDir: folder.dir,
      domains: db.project.domains,
      dryRun: true,
    });
    expect(steps.find((step) => step.name === "migrations/shop/0001-tables.sql")?.sql).toBe(tables);
    expect(await db.admin.query("show tables")).toEqual([]);
    await up();
    await folder.remove("views/shop/a_dear.sql");
    const before = await db.admin.query("select name, hash from vitrine_migration");
    expect(await up({ dryRun: true })).toEqual(["drop views/shop/a_dear.sql"]);
    expect(await up({ dryRun: true })).toEqual(["drop views/shop/a_dear.sql"]);
    expect(await db.admin.query("select name, hash from vitrine_migration")).toEqual(before);
    expect(await objects()).toContain("a_dear");
  });
});
