import { afterAll, beforeAll, expect, test } from "vitest";
import { type MigrateOptions, migrateUp } from "../../../src/migrations/migrate.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const trigger = (price: number) => `create or replace trigger item_before_insert
before insert on item for each row
set new.price = ${price};
`;
const file = "triggers/shop/item_before_insert.sql";

let folder: SqlFolder;
let db: TestDatabase;
beforeAll(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-tables.sql":
      "create table if not exists item (item_id int primary key, price int not null);",
    [file]: trigger(1),
  });
  const project = defineProject({
    sql: "sql",
    domains: [{ name: "shop", description: "A shop.", models: [], captured: [] }],
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
  await up();
});
afterAll(async () => {
  await db?.close();
  await folder?.close();
});

const up = (options: Partial<MigrateOptions> = {}) =>
  migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: db.project.domains, ...options });

/** Runs `work` while a transaction has read the table and is not ended. */
const whileHeld = (work: (release: () => Promise<unknown>) => Promise<void>) =>
  db.admin.withConnection(async (owner) => {
    await owner.query("begin; select count(*) from item");
    try {
      await work(() => owner.run("commit"));
    } finally {
      await owner.run("commit");
    }
  });

const waitsForTable = async (): Promise<void> => {
  for (let isWaiting = false; !isWaiting; await new Promise((done) => setTimeout(done, 20)))
    isWaiting =
      (
        await db.admin.query(
          `select 1 from information_schema.processlist
          where db = database() and state = 'Waiting for table metadata lock'`,
        )
      ).length > 0;
};

test("who writes a table goes on while a trigger of it waits for somebody's transaction", async () => {
  await folder.write({ [file]: trigger(2) });
  await whileHeld(async (release) => {
    const migrated = up();
    await waitsForTable();
    await db.admin.run("set statement lock_wait_timeout = 20 for insert into item values (1, 9)");
    await release();
    expect((await migrated).map(({ name }) => name)).toContain(file);
  });
  await db.admin.run("insert into item values (2, 9)");
  expect(await db.admin.query("select price from item order by item_id")).toEqual([
    { price: 1 },
    { price: 2 },
  ]);
});

test("a table that is held for long is named, and the next run goes on", async () => {
  await folder.write({ [file]: trigger(3) });
  await whileHeld(async () => {
    await expect(up({ waitMs: 1 })).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining(`${file}: somebody's transaction holds the table item,`),
    });
  });
  await folder.remove(file);
  await whileHeld(async () => {
    await expect(up({ waitMs: 1 })).rejects.toThrow("holds the table item,");
  });
  expect((await up()).map(({ action, name }) => `${action} ${name}`)).toContain(`drop ${file}`);
});
