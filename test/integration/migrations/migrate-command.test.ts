import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const bin = fileURLToPath(new URL("../../../bin/vitrine.mjs", import.meta.url));
let folder: SqlFolder;
let db: TestDatabase;

beforeAll(async () => {
  folder = await createSqlFolder({
    "project.mjs": `export default { sql: ".", domains: [
      { name: "shop", description: "A shop.", models: [], captured: [{ table: "item" }] } ] };`,
    "migrations/shop/0001-item.sql":
      "create table if not exists item (item_id int primary key, price int not null);\n",
  });
  db = await openTestDatabase({ project: defineProject({ sql: ".", domains: [] }), migrate: false });
});
afterAll(async () => {
  await db.close();
  await folder.close();
});

/** Runs the command line: exit code and what it printed. */
const vitrine = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    const env = {
      ...process.env,
      MARIADB_URL: db.mariadbUrl,
      MONGODB_URL: db.mongodbUrl,
      VITRINE_PROJECT: join(folder.dir, "project.mjs"),
    };
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) => {
      done({ code: error ? Number(error.code) : 0, out, err });
    });
  });

test("generate, up, status, create and down from the command line", async () => {
  expect(await vitrine("triggers", "check")).toMatchObject({
    code: 1,
    err: expect.stringContaining("item_after_insert_capture.sql"),
  });
  expect(await vitrine("triggers", "generate")).toMatchObject({
    code: 0,
    out: expect.stringContaining("Wrote triggers/shop/item_after_delete_capture.sql"),
  });
  expect(await vitrine("triggers", "check")).toMatchObject({ code: 0, out: "Every file is current.\n" });

  const dry = await vitrine("migrate", "up", "--dry-run");
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining("create table if not exists item") });
  expect(await db.admin.query("show tables")).toEqual([]);
  expect(await vitrine("migrate", "status")).toMatchObject({
    code: 75,
    out: expect.stringContaining("pending  migrations/shop/0001-item.sql"),
  });

  expect(await vitrine("migrate", "up")).toMatchObject({
    code: 0,
    out: expect.stringContaining("apply migrations/shop/0001-item.sql\n"),
  });
  expect(await vitrine("migrate", "up")).toMatchObject({ code: 0, out: "Nothing to do.\n" });
  const status = await vitrine("migrate", "status", "--json");
  expect(JSON.parse(status.out)).toMatchObject({ current: true });

  expect(await vitrine("migrate", "create", "shop", "add", "a", "colour")).toMatchObject({ code: 0 });
  expect(existsSync(join(folder.dir, "migrations/shop/0002-add-a-colour.sql"))).toBe(true);
  expect(await vitrine("migrate", "create", "nowhere", "x")).toMatchObject({ code: 2 });
  await folder.remove("migrations/shop/0002-add-a-colour.sql", "migrations/shop/0002-add-a-colour.down.sql");
  expect(await vitrine("migrate", "down")).toMatchObject({
    code: 70,
    err: expect.stringMatching(/0001-item\.sql cannot be reverted/),
  });
  expect(await vitrine("migrate", "down", "--steps", "zero")).toMatchObject({ code: 2 });
});
