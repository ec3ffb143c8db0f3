import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateDown, migrateUp } from "../../../src/migrations/migrate.ts";
import { migrationStatus } from "../../../src/migrations/migration-status.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

let folder: SqlFolder;
let db: TestDatabase;

beforeEach(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-item.sql":
      "create table if not exists item (item_id int primary key, price int not null);",
    "views/shop/dear.sql":
      "create or replace sql security invoker view dear as\nselect item_id from item where price > 9;\n",
    "procedures/shop/add_item.sql":
      "create or replace procedure add_item()\nmodifies sql data\ninsert into item values (1, 1);\n",
    "procedures/shop/double_it.sql":
      "create or replace function double_it(in_n int) returns int\nno sql\nreturn in_n * 2;\n",
    "triggers/shop/item_before_insert.sql":
      "create or replace trigger item_before_insert before insert on item for each row set new.price = 10;\n",
  });
  const project = defineProject({
    sql: "sql",
    domains: [{ name: "shop", description: "A shop.", models: [], captured: [] }],
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
});
afterEach(async () => {
  await db.close();
  await folder.close();
});

const up = (options: { readonly dryRun?: boolean } = {}) =>
  migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: db.project.domains, ...options });

/** Everything that this database holds, as text. */
async function readAll(): Promise<string> {
  const rows = await db.admin.query(
    `select table_name as name, table_type as what, null as text from information_schema.tables
      where table_schema = database()
    union all select table_name, 'columns', group_concat(column_name order by column_name)
      from information_schema.columns where table_schema = database() group by table_name
    union all select table_name, 'definition', view_definition from information_schema.views
      where table_schema = database()
    union all select routine_name, routine_type, routine_definition from information_schema.routines
      where routine_schema = database()
    union all select trigger_name, event_object_table, action_statement from information_schema.triggers
      where trigger_schema = database()
    order by 1, 2`,
  );
  return JSON.stringify(rows);
}

const foreign: readonly (readonly [string, string, string])[] = [
  ["view", "dear", "create view dear as select 1 as one"],
  ["table", "dear", "create table dear (x int)"],
  ["procedure", "add_item", "create procedure add_item() select 1"],
  ["function", "double_it", "create function double_it() returns int no sql return 1"],
  ["table", "item", "create table item (item_id int, price int)"],
  ["table", "vitrine_captured_table", "create table vitrine_captured_table (x int)"],
  ["procedure", "vitrine_take_position", "create procedure vitrine_take_position() select 1"],
  ["function", "vitrine_read_sources", "create function vitrine_read_sources() returns int no sql return 1"],
];

describe("In a database that never was migrated", () => {
  test.each(foreign)(
    "a %s %s of somebody else's is neither replaced nor adopted",
    async (kind, name, sql) => {
      await db.admin.query(sql);
      const before = await readAll();
      for (const dryRun of [false, true])
        await expect(up({ dryRun })).rejects.toMatchObject({
          code: "MIGRATION_FAILED",
          message: expect.stringMatching(
            new RegExp(
              `^The database has what no migration .*\n(?:.*\n)*  ${kind} ${name}: \\w+/[^\n]+ would `,
            ),
          ),
        });
      expect(await readAll()).toBe(before);
    },
  );

  test.each(["vitrine_migration", "vitrine_lease"])(
    "a table %s of somebody else's is left alone",
    async (table) => {
      await db.admin.query(`create table ${table} (id int, batch int)`);
      const before = await readAll();
      await expect(up()).rejects.toThrow(`The database has a table ${table} that is not Vitrine's`);
      const target = { admin: db.admin, sqlDir: folder.dir, domains: db.project.domains };
      await expect(migrateDown(target)).rejects.toThrow("not Vitrine's");
      await expect(migrationStatus(target)).rejects.toThrow("not Vitrine's");
      expect(await readAll()).toBe(before);
    },
  );

  test("everything in the way is told at once", async () => {
    for (const [, name, sql] of foreign)
      if (name === "dear" || name === "add_item")
        await db.admin.query(sql.replace("table dear", "table item"));
    await expect(up()).rejects.toThrow(/table item: .*\n +procedure add_item: .*\n +view dear: /);
  });

  test("nothing is reverted, and nothing made for it", async () => {
    const target = { admin: db.admin, sqlDir: folder.dir, domains: db.project.domains };
    expect(await migrateDown(target)).toEqual([]);
    expect(await readAll()).toBe("[]");
  });
});

describe("In a database that was migrated", () => {
  beforeEach(async () => {
    await up();
  });

  test("a trigger, a view and a table that came since are not replaced by files that came later", async () => {
    await db.admin.query(
      `create trigger item_after_insert after insert on item for each row do 0;
      create view cheap as select 1 as one;
      create table extra (x int)`,
    );
    await folder.write({
      "triggers/shop/item_after_insert.sql":
        "create or replace trigger item_after_insert after insert on item for each row do 1;\n",
      "views/shop/cheap.sql":
        "create or replace sql security invoker view cheap as\nselect item_id from item;\n",
      "migrations/shop/0002-extra.sql": "create table if not exists extra (y int);",
    });
    const before = await readAll();
    await expect(up()).rejects.toThrow(
      /view cheap: views\/shop\/cheap\.sql would replace it\n +trigger item_after_insert: /,
    );
    await expect(up()).rejects.toThrow(
      "table extra: migrations/shop/0002-extra.sql would take it for its own",
    );
    expect(await readAll()).toBe(before);
  });

  test("a migration drops no table that the project never made", async () => {
    await db.admin.query("create table theirs (x int)");
    await folder.write({ "migrations/shop/0002-clean.sql": "drop table if exists theirs;" });
    await expect(up()).rejects.toThrow("table theirs: migrations/shop/0002-clean.sql would drop it");
    await folder.write({ "migrations/shop/0002-clean.sql": "drop table if exists item;" });
    await folder.remove("views/shop/dear.sql");
    await folder.remove("triggers/shop/item_before_insert.sql");
    expect((await up()).map(({ name }) => name)).toContain("migrations/shop/0002-clean.sql");
  });

  test("our own are replaced, also after a run that ended before it could note what it did", async () => {
    await folder.write({
      "views/shop/dear.sql":
        "create or replace sql security invoker view dear as\nselect item_id from item where price > 99;\n",
      "views/shop/cheap.sql":
        "create or replace sql security invoker view cheap as\nselect item_id from item;\n",
      "migrations/shop/0002-extra.sql":
        "create table if not exists extra (y int);\ncreate table if not exists more (x int);",
    });
    const killed = migrateUp({
      admin: db.admin,
      sqlDir: folder.dir,
      domains: db.project.domains,
      onStep: ({ name }) => {
        if (name === "views/shop/dear.sql") throw new Error("killed");
      },
    });
    await expect(killed).rejects.toThrow("killed");
    // As if it had been killed a moment earlier, when the migration was half done and a view made but not noted.
    await db.admin.query(
      `update vitrine_migration set hash = '', fingerprint = null where name in ('migrations/shop/0002-extra.sql', 'views/shop/cheap.sql');
      drop table more`,
    );
    const status = await migrationStatus({
      admin: db.admin,
      sqlDir: folder.dir,
      domains: db.project.domains,
    });
    expect(status.files.find(({ name }) => name.includes("0002-extra"))).toMatchObject({
      state: "pending",
      appliedAt: null,
    });
    expect((await up()).filter(({ action }) => action === "apply").map(({ name }) => name)).toEqual([
      "migrations/shop/0002-extra.sql",
      "views/shop/cheap.sql",
      "views/shop/dear.sql",
    ]);
    expect(await up()).toEqual([]);
  });

  test("a file that moves to another domain's folder takes its object along", async () => {
    const two = [{ name: "shop" }, { name: "annex" }];
    await folder.remove("views/shop/dear.sql");
    await folder.write({
      "views/annex/dear.sql":
        "create or replace sql security invoker view dear as\nselect item_id from item where price > 9;\n",
    });
    const steps = await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: two });
    expect(steps.map(({ action, name }) => `${action} ${name}`)).toEqual([
      "apply views/annex/dear.sql",
      "drop views/shop/dear.sql",
    ]);
    expect(await db.admin.query("select item_id from dear")).toEqual([]);
  });

  test("what somebody made in the place of a dropped object is not dropped with its file", async () => {
    await db.admin.query("drop view dear; create table dear (x int)");
    await folder.remove("views/shop/dear.sql");
    await up();
    expect(await db.admin.query("select x from dear")).toEqual([]);
  });
});
