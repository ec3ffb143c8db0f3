import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type MigrateOptions, migrateUp } from "../../../src/migrations/migrate.ts";
import { withMigrationLease } from "../../../src/migrations/migration-lease.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

let folder: SqlFolder;
let db: TestDatabase;

beforeEach(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-slow.sql": `create table if not exists one (x int primary key);
do sleep(0.4);
create table if not exists two (x int primary key);
insert ignore into one values (1);
`,
    "migrations/shop/0002-count.sql": "create table if not exists run (n int); insert into run values (1);",
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

const up = (options: Partial<MigrateOptions> = {}) =>
  migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: db.project.domains, ...options });

/** A runner in a process of its own, killed hard once its statement `sleep` runs in the server. */
async function killRunnerHalfWay(): Promise<void> {
  const script = fileURLToPath(new URL("../../support/migrate-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, db.mariadbUrl, folder.dir], { stdio: "inherit" });
  for (let tries = 0; ; tries++) {
    const [busy] = await db.admin.query(
      "select 1 from information_schema.processlist where db = database() and info like '%sleep(%' and id <> connection_id()",
    );
    if (busy) break;
    expect(tries, "the runner never got to its sleep").toBeLessThan(500);
    await new Promise((done) => setTimeout(done, 20));
  }
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("one runner at a time", () => {
  test("two at the same time: one waits and says so, everything is applied once", async () => {
    const messages: string[] = [];
    const steps = await Promise.all([
      up({ onWait: (m) => messages.push(m) }),
      up({ onWait: (m) => messages.push(m) }),
    ]);
    expect(messages).toEqual([
      expect.stringMatching(/^Another runner( \(.+:\d+\))? is migrating this database/),
    ]);
    const applied = steps.flat().filter((step) => step.name.includes("/shop/"));
    expect(applied).toHaveLength(2);
    expect(await db.admin.query("select n from run")).toEqual([{ n: 1 }]);
  });

  test("gives up with MIGRATION_LOCKED after the time to wait", async () => {
    let first: Promise<unknown> = Promise.resolve();
    // It has the lease when it takes its first step.
    await new Promise<void>((begun) => {
      first = up({ onStep: () => begun() });
    });
    await expect(up({ waitMs: 100 })).rejects.toMatchObject({ code: "MIGRATION_LOCKED" });
    await first;
  });

  test("waits for a runner on another server of a cluster, where get_lock says nothing", async () => {
    await up();
    await db.admin.run(
      "insert into vitrine_lease values ('migrate', 'othernode/host:1:x', utc_timestamp(3) + interval 700000 microsecond)",
    );
    await expect(up({ waitMs: 100 })).rejects.toMatchObject({ code: "MIGRATION_LOCKED" });
    // Expired by the clock of the database: taken over.
    expect(await up({ waitMs: 5000 })).toEqual([]);
    expect(await db.admin.query("select holder from vitrine_lease")).toEqual([]);
  });

  test("keeps the lease while it runs, and stops when somebody took it over", async () => {
    await up();
    await expect(
      withMigrationLease(db.admin, { waitMs: 0 }, async (lease) => {
        await lease.prolong();
        const [row] = await db.admin.query<{ left: string }>(
          "select timestampdiff(second, utc_timestamp(3), expires_at) as `left` from vitrine_lease",
        );
        expect(Number(row?.left)).toBeGreaterThan(10);
        await db.admin.run("update vitrine_lease set holder = 'othernode/host:1:x'");
        await lease.prolong();
      }),
    ).rejects.toMatchObject({ code: "MIGRATION_LOCKED" });
  });
});

describe("a runner killed between two statements", () => {
  test("hinders the next one for no time, which finishes the work", async () => {
    await folder.write({
      "migrations/shop/0001-slow.sql": `create table if not exists one (x int primary key);
do sleep(if((select count(*) from information_schema.tables where table_schema = database() and table_name = 'killed') = 0, 60, 0));
create table if not exists two (x int primary key);
insert ignore into one values (1);
`,
    });
    await killRunnerHalfWay();
    await db.admin.run("create table killed (x int)");
    // The dead runner's statement ends when the server notices that nobody listens; here it is ended.
    const sleepers = await db.admin.query<{ id: number }>(
      "select id from information_schema.processlist where db = database() and info like '%sleep(%' and id <> connection_id()",
    );
    for (const { id } of sleepers) await db.admin.query("kill ?", [id]).catch(() => {});
    const started = performance.now();
    await up();
    // The lease of the dead runner has not expired (15 s), but its session has ended.
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await db.admin.query("select x from one")).toEqual([{ x: 1 }]);
    expect(await db.admin.query("select n from run")).toEqual([{ n: 1 }]);
    expect(await up()).toEqual([]);
  });
});
