import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { formerNames } from "../../../src/core/former-names.ts";
import { migrateDown, migrateUp } from "../../../src/migrations/migrate.ts";
import { migrationStatus, requireApplied } from "../../../src/migrations/migration-status.ts";
import { readRunnerTables } from "../../../src/migrations/sql-files.ts";
import { readRenaming } from "../../../src/migrations/upgrade-names.ts";
import { defineProject } from "../../../src/models/project.ts";
import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import everything from "../../../vitrine.config.ts";
import { openTestDatabase } from "../../support/database.ts";
import { bringBackFormerNames } from "../../support/former-release.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import { runVitrine } from "../../support/run-vitrine.ts";

const bare = defineProject({ sql: "sql", domains: [] });
const former = Object.values(formerNames);

/** Name and definition of every table, routine and trigger. */
async function readDefinitions(db: Queryable): Promise<Readonly<Record<string, string>>> {
  const tables = await db.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = database() and table_type <> 'VIEW'",
  );
  const routines = await db.query<{ name: string; text: string }>(
    `select routine_name as name, routine_definition as text from information_schema.routines
      where routine_schema = database()
    union all select trigger_name, action_statement from information_schema.triggers where trigger_schema = database()`,
  );
  const shown: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await db.query<{ "Create Table": string }>(`show create table \`${name}\``);
    shown[name] = `${row?.["Create Table"]}`.replace(/ AUTO_INCREMENT=\d+/, "");
  }
  for (const { name, text } of routines) shown[`${name}()`] = text;
  return shown;
}

/** What is in the engine's tables, but for the log, the notes of what there is, and a column that came later. */
const readRows = async (db: Queryable, prefix = "") =>
  Promise.all(
    [
      ...["vitrine_state", "vitrine_pending", "vitrine_rejected", "vitrine_position", "vitrine_capture"],
      ...["vitrine_import_run", "vitrine_import_reject"],
    ].map(async (table) => {
      const rows = await db.query(
        `select * from ${prefix === "" ? table : formerNames[table]} order by 1, 2`,
      );
      return rows.map(({ import_name: _, ...row }) => row);
    }),
  );

const readFormer = async (db: Queryable) => {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = database() and table_name in (?)
    union all select routine_name from information_schema.routines where routine_schema = database() and routine_name in (?)`,
    [former, former],
  );
  return rows.map(({ name }) => name).sort();
};

describe("A shop of the release before", () => {
  let shop: MirrorShop | undefined;
  afterEach(() => shop?.close());

  test("comes to today's names with its mirror, its queue, its remarks and its rights, and nothing is lost", async () => {
    shop = await openMirrorShop(everything);
    const { admin, db, loader, project, sqlDir } = shop;
    const target = { admin, sqlDir, domains: project.domains };
    await shop.mirror();
    await admin.query(
      `insert into vitrine_rejected (model, document_id, reason) values ('order_details', '3', 'too large');
      insert into vitrine_pending (model, document_id, logged_at) values ('customer_orders', '1', utc_timestamp(6));
      insert into vitrine_import_run (domain, finished_at, summary) values ('pos', utc_timestamp(3), '{}');
      insert into vitrine_import_reject (domain, file, \`row\`, reason) values ('pos', 'a.csv', 2, 'odd')`,
    );
    const definitions = await readDefinitions(admin);
    const rows = await readRows(admin);
    const names = project.domains.map(({ name }) => name);
    await bringBackFormerNames(admin, sqlDir, names);
    expect(await readFormer(admin)).toEqual(former.filter((name) => name !== "commit_time").sort());
    // Logged where nobody will look any more.
    await db.run("update customer set last_name = 'Before' where customer_id = 1");
    expect(await readRows(admin, "former")).toEqual(rows);

    const { current, files } = await migrationStatus(target);
    expect(current).toBe(false);
    expect(files.filter(({ state }) => state === "edited")).toEqual([]);
    expect(files.find(({ name }) => name === "migrations/pos/0007-history-by-time.sql")?.state).toBe(
      "applied",
    );
    await expect(requireApplied(shop.reader, target)).rejects.toMatchObject({ code: "MIGRATIONS_PENDING" });
    await expect(migrateDown(target)).rejects.toMatchObject({ code: "MIGRATIONS_PENDING" });
    const planned = await migrateUp({ ...target, dryRun: true });
    expect(planned[0]).toMatchObject({ action: "rename", sql: expect.stringContaining("`migration` to") });
    expect(await readRows(admin, "former")).toEqual(rows);

    const steps = await migrateUp(target);
    expect(steps.filter(({ action }) => action === "rename")).toHaveLength(1);
    expect(await readFormer(admin)).toEqual([]);
    expect((await readRows(admin)).slice(1)).toEqual(rows.slice(1));
    // Mirrored anew, for what waited in the one log is not resolved; nothing is read before.
    expect(
      await admin.query(
        "select model from vitrine_state where rebuild_status <> 'needed' or rebuilt_at is not null",
      ),
    ).toEqual([]);
    expect(await readDefinitions(admin)).toEqual(definitions);
    expect(await migrateUp(target)).toEqual([]);
    expect((await migrationStatus(target)).current).toBe(true);

    await loader.run("insert into vitrine_lease values ('a', 'b', utc_timestamp(3))");
    const grants = await admin.query(`show grants for ${rolesOf(admin.database).loader}`);
    expect(JSON.stringify(grants)).not.toMatch(/`(?:mirror_\w+|lease)`/);

    await db.run("delete from vitrine_rejected");
    await db.run("update customer set last_name = 'After' where customer_id = 2");
    await shop.mirror();
    expect(await shop.defects()).toEqual([]);
    expect(await shop.disagreements()).toEqual([]);
  });

  test("says before that it is to be migrated, whatever it is asked", async () => {
    shop = await openMirrorShop(everything);
    const { admin, project, sqlDir } = shop;
    const dataDir = await mkdtemp(join(tmpdir(), "vitrine-former-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    await shop.mirror();
    await bringBackFormerNames(
      admin,
      sqlDir,
      project.domains.map(({ name }) => name),
    );
    const run = (...args: readonly string[]) => runVitrine(shop as MirrorShop, dataDir, args);
    const status = await run("status");
    expect(status).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/not applied: run `vitrine migrate up`/),
    });
    expect(status.stdout).not.toMatch(/doesn't exist/);
    const doctor = await run("doctor");
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/SQL files.*pending: run `vitrine migrate up`/);
    const verbs = [
      ["migrate", "status"],
      ["migrate", "down"],
      ["serve"],
      ["mirror", "--once"],
      ["rejected", "list"],
    ];
    for (const done of await Promise.all(verbs.map((verb) => run(...verb))))
      expect(done).toMatchObject({ code: 75, stderr: expect.stringContaining("vitrine migrate up") });
    expect(await run("migrate", "up")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^rename core$/m),
    });
    expect((await run("mirror", "--once")).code).toBe(0);
    expect((await run("status")).stdout).not.toContain("Problem");
  });
});

test("A run that is cut off after whatever statement leaves what the next one finishes", async () => {
  const db = await openTestDatabase({ project: bare });
  onTestFinished(() => db.close());
  const { admin, sqlDir } = db;
  const target = { admin, sqlDir, domains: [] };
  await admin.query("insert into vitrine_rejected (model, document_id, reason) values ('m', '1', 'odd')");
  const [rows, definitions] = [await readRows(admin), await readDefinitions(admin)];
  for (let after = 0, statements = 1; after <= statements; after += 1) {
    await bringBackFormerNames(admin, sqlDir, []);
    await admin.query(await readRunnerTables());
    const sql = (await readRenaming(admin))?.sql.split(";\n") ?? [];
    statements = sql.length;
    for (const statement of sql.slice(0, after)) await admin.query(statement);
    const told = after < statements ? "MIGRATIONS_PENDING" : undefined;
    const refusal = await migrateDown(target).catch((error: { code: string }) => error.code);
    if (told) expect(refusal).toBe(told);
    await migrateUp(target);
    expect(await readFormer(admin), `after ${after}`).toEqual([]);
    expect(await readRows(admin)).toEqual(rows);
    expect(await readDefinitions(admin)).toEqual(definitions);
    expect(await migrateUp(target)).toEqual([]);
  }
});

describe("Tables of somebody else's that have the former names", () => {
  test("are left alone by a new database beside them", async () => {
    const db = await openTestDatabase({ project: bare, migrate: false });
    onTestFinished(() => db.close());
    const { admin, sqlDir } = db;
    const target = { admin, sqlDir, domains: [] };
    await admin.query(
      `create table lease (lease_id int primary key, tenant varchar(20));
      create table mirror_state (id int); create table import_run (id int);
      create table migration (name varchar(60), kind varchar(9), hash text, fingerprint text, applied_at datetime);
      insert into lease values (1, 'Ada'); insert into mirror_state values (2); insert into import_run values (3);
      insert into migration values ('migrations/core/0001-mirror-tables.sql', 'versioned', 'x', null, now());
      create procedure take_position() select 4 as four`,
    );
    const theirs = ["lease", "mirror_state", "import_run", "migration"];
    const read = () => Promise.all(theirs.map((table) => admin.query(`select * from ${table}`)));
    const before = await read();
    const definitions = await readDefinitions(admin);
    expect((await migrateUp({ ...target, dryRun: true })).some(({ action }) => action === "rename")).toBe(
      false,
    );
    await migrateUp(target);
    expect((await migrationStatus(target)).current).toBe(true);
    expect(await migrateUp(target)).toEqual([]);
    expect(await read()).toEqual(before);
    expect(await readDefinitions(admin)).toMatchObject(definitions);
    expect(await admin.query("select acked from vitrine_state")).toEqual([]);
  });

  test("are left alone in a database of the release before that had not come so far", async () => {
    const db = await openTestDatabase({ project: bare });
    onTestFinished(() => db.close());
    const { admin, sqlDir } = db;
    await bringBackFormerNames(admin, sqlDir, []);
    await admin.query(
      `delete from migration where name like 'migrations/core/001%';
      drop table mirror_source; create table mirror_source (x int); insert into mirror_source values (7)`,
    );
    await migrateUp({ admin, sqlDir, domains: [] });
    expect(await readFormer(admin)).toEqual(["mirror_source"]);
    expect(await admin.query("select x from mirror_source")).toEqual([{ x: 7 }]);
  });

  test("a table that has a new name stops the run before anything is renamed", async () => {
    const db = await openTestDatabase({ project: bare });
    onTestFinished(() => db.close());
    const { admin, sqlDir } = db;
    await bringBackFormerNames(admin, sqlDir, []);
    await admin.query("create table vitrine_state (theirs int)");
    await expect(migrateUp({ admin, sqlDir, domains: [] })).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining("'vitrine_state' already exists"),
    });
    await admin.query("select 1 from mirror_pending");
    await admin.query("drop table vitrine_state");
    await migrateUp({ admin, sqlDir, domains: [] });
    expect(await readFormer(admin)).toEqual([]);
  });
});
