import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logBegun } from "../../../src/core/migration-log.ts";
import { createMigration } from "../../../src/migrations/create-migration.ts";
import { migrateDown, migrateUp } from "../../../src/migrations/migrate.ts";
import { migrationStatus } from "../../../src/migrations/migration-status.ts";
import { readSqlFiles } from "../../../src/migrations/sql-files.ts";
import { defineProject } from "../../../src/models/project.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { loadRepositoryProject, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

let folder: SqlFolder;
let db: TestDatabase;

beforeEach(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-item.sql": "create table if not exists item (x int);",
    "migrations/shop/0002-extra.sql": "create table if not exists extra (x int);",
    "migrations/shop/0002-extra.down.sql": "drop table if exists extra;",
    "triggers/shop/extra_after_insert.sql":
      "create or replace trigger extra_after_insert\nafter insert on extra for each row do 0;\n",
  });
  const project = defineProject({
    sql: "sql",
    domains: [{ name: "shop", description: "A shop.", models: [], captured: [] }],
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir });
});
afterEach(async () => {
  await db.close();
  await folder.close();
});

const run = () => ({ admin: db.admin, sqlDir: folder.dir, domains: db.project.domains });
const stateOf = async (name: string) =>
  (await migrationStatus(run())).files.find((file) => file.name.endsWith(name))?.state;

describe("migrate down", () => {
  test("reverts the newest file; the next up brings everything back, triggers of its tables too", async () => {
    expect(await migrateDown(run())).toMatchObject([
      { action: "revert", name: "migrations/shop/0002-extra.sql" },
    ]);
    expect(await db.admin.query("show tables like 'extra'")).toEqual([]);
    expect(await stateOf("0002-extra.sql")).toBe("pending");
    await migrateUp(run());
    expect(await db.admin.query("show triggers")).toHaveLength(1);
    expect((await migrationStatus(run())).current).toBe(true);
  });

  test("refuses a file that has no way back, and changes nothing in a dry run", async () => {
    expect(await migrateDown({ ...run(), dryRun: true })).toMatchObject([
      { action: "revert", sql: "drop table if exists extra;" },
    ]);
    expect(await stateOf("0002-extra.sql")).toBe("applied");
    await migrateDown(run());
    await expect(migrateDown(run())).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/0001-item\.sql cannot be reverted.*0001-item\.down\.sql/),
    });
    expect(await stateOf("0001-item.sql")).toBe("applied");
  });
});

describe("migrate status", () => {
  test("says of every file where it stands", async () => {
    expect((await migrationStatus(run())).current).toBe(true);
    await db.admin.query("drop trigger extra_after_insert");
    await folder.write({
      "migrations/shop/0001-item.sql": "create table if not exists item (y int);",
      "migrations/shop/0003-more.sql": "create table if not exists more (x int);",
    });
    await folder.remove("migrations/shop/0002-extra.sql");
    const { current, files } = await migrationStatus(run());
    expect(current).toBe(false);
    expect(Object.fromEntries(files.map((file) => [file.name, file.state]))).toMatchObject({
      "migrations/core/0000-migration-tables.sql": "applied",
      "migrations/shop/0001-item.sql": "edited",
      "migrations/shop/0002-extra.sql": "gone",
      "migrations/shop/0003-more.sql": "pending",
      "triggers/shop/extra_after_insert.sql": "drifted",
    });
  });

  test("answers on a database that was never migrated", async () => {
    const empty = await openTestDatabase({ project: db.project, sqlDir: folder.dir, migrate: false });
    try {
      const { files } = await migrationStatus({ ...run(), admin: empty.admin });
      expect(new Set(files.map((file) => file.state))).toEqual(new Set(["pending"]));
      expect(await empty.admin.query("show tables")).toEqual([]);
    } finally {
      await empty.close();
    }
  });
});

test("migrate create takes the next number of the domain, and never writes over a file", async () => {
  expect(await createMigration(folder.dir, "shop", "Add the colour of an item")).toEqual([
    "migrations/shop/0003-add-the-colour-of-an-item.sql",
    "migrations/shop/0003-add-the-colour-of-an-item.down.sql",
  ]);
  expect(
    await readFile(join(folder.dir, "migrations/shop/0003-add-the-colour-of-an-item.sql"), "utf8"),
  ).toMatch(/^-- Add the colour of an item\n/);
  expect(await createMigration(folder.dir, "fresh", "Tables")).toContain("migrations/fresh/0001-tables.sql");
  await expect(createMigration(folder.dir, "shop", "…")).rejects.toMatchObject({ code: "USAGE" });
});

/** Runs statements, and loses the connection with the locks that it holds. */
async function crashAfter(admin: MariaDb, sql: string): Promise<void> {
  const crash = new Error("crash");
  await admin
    .withConnection(async (connection) => {
      await connection.query(sql);
      throw crash;
    })
    .catch((error: unknown) => {
      if (error !== crash) throw error;
    });
}

test("every versioned file of this repository can be run again after a crash between any two statements", async () => {
  const project = await loadRepositoryProject();
  const sqlDir = new URL(`../../../${project.sql}`, import.meta.url).pathname;
  const { versioned } = await readSqlFiles(
    sqlDir,
    project.domains.map((domain) => domain.name),
  );
  const database = await openTestDatabase({ project, sqlDir, migrate: false });
  try {
    for (const { text, name, kind } of versioned) {
      // The statements of a routine's body are indented.
      const statements = text.split(/;\n+(?!end\b|\s)/).filter((part) => part.trim() !== "");
      for (let done = 1; done <= statements.length; done++)
        await crashAfter(database.admin, statements.slice(0, done).join(";\n")).catch((error: unknown) => {
          throw new Error(`${name} after statement ${done}`, { cause: error });
        });
      await logBegun(database.admin, { name, kind });
    }
    await migrateUp({ admin: database.admin, sqlDir, domains: project.domains });
    expect(await database.admin.query("select position_id from vitrine_position")).toHaveLength(1);
  } finally {
    await database.close();
  }
});
