import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { planUninstall, uninstall } from "../../../src/migrations/uninstall.ts";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { buildHarbour } from "../../support/harbour.ts";
import { readDump } from "../../support/read-dump.ts";

const voyage = defineModel({
  name: "voyage",
  typeName: "Voyage",
  description: "Voyages.",
  key: "voyageId",
  fields: { voyageId: int("Voyage."), ship: string("The name of the ship.", { nullable: true }) },
});
const project = defineProject({
  sql: "sql",
  domains: [defineDomain({ name: "harbour", description: "A harbour.", models: [voyage] })],
});

let db: TestDatabase;
let sqlDir: string;
let before: unknown;
beforeAll(async () => {
  sqlDir = await mkdtemp(join(tmpdir(), "vitrine-uninstall-"));
  db = await openTestDatabase({ project, sqlDir, migrate: false });
  await buildHarbour(db.admin, { empty: true });
  await db.admin.query(
    `insert into countries values ('AA', 'Aland');
    create event nightly on schedule every 1 day disable do delete from audit_trail where at < now() - interval 9 year;
    create view arrivals as select count(*) as n from voyages where status = 'arrived';
    create function voyage_count() returns int reads sql data return (select count(*) from voyages)`,
  );
  before = await dump();
  await mkdir(join(sqlDir, "views/harbour"), { recursive: true });
  await writeFile(
    join(sqlDir, "views/harbour/voyage.sql"),
    `create or replace sql security invoker view voyage as
    select voyages.id as voyage_id, ships.name as ship from voyages left join ships on ships.imo = voyages.ship_imo;\n`,
  );
  await writeGeneratedFiles(sqlDir, await compareGeneratedFiles(db.mariadbUrl, sqlDir, project));
  await migrate();
}, 60_000);
afterAll(async () => {
  await db?.close();
  await rm(sqlDir, { recursive: true, force: true });
});

const migrate = () => migrateUp({ admin: db.admin, sqlDir, domains: project.domains });
const installed = () => ({ sqlDir, domains: project.domains });
const plan = () => planUninstall(db.admin, installed());

/** How each object of the database is made, with its rows, and what a dump has of it. */
async function dump(): Promise<unknown> {
  const objects = await db.admin.query<{ kind: string; name: string }>(
    `select if(table_type = 'VIEW', 'view', 'table') as kind, table_name as name
    from information_schema.tables where table_schema = database()
    union all select 'trigger', trigger_name from information_schema.triggers where trigger_schema = database()
    union all select lower(routine_type), routine_name from information_schema.routines
      where routine_schema = database()
    union all select 'event', event_name from information_schema.events where event_schema = database()
    order by kind, name`,
  );
  const texts: unknown[] = [];
  for (const { kind, name } of objects) {
    const [made] = await db.admin.query(`show create ${kind} \`${name}\``);
    const rows = kind === "table" ? await db.admin.query(`select * from \`${name}\``) : [];
    texts.push([kind, name, made, rows]);
  }
  return [texts, readDump(db.mariadbUrl)];
}

test("names what it would drop, and changes nothing", async () => {
  const whole = await dump();
  const { dropped, left } = await plan();
  expect(left).toEqual([]);
  const names = dropped.map(({ kind, name }) => `${kind} ${name}`);
  expect(names).toEqual(
    expect.arrayContaining([
      ...["view voyage", "table vitrine_change_voyages", "table vitrine_migration"],
      ...["trigger voyages_after_delete_capture", "procedure export_voyage"],
    ]),
  );
  expect(names.filter((name) => /arrivals|voyage_count|voyage_gone|table [^v]/.test(name))).toEqual([]);
  expect(await dump()).toEqual(whole);
});

test("stops when something that stays would fail, or somebody is at work", async () => {
  for (const [make, drop, told] of [
    [
      "create trigger theirs after insert on countries for each row insert into vitrine_change_ships (imo, line_id) values (1, 1)",
      "drop trigger theirs",
      "trigger theirs names vitrine_change_ships",
    ],
    ["create view theirs as select ship from voyage", "drop view theirs", "view theirs names voyage"],
    [
      "create procedure theirs() select count(*) from ships, voyage",
      "drop procedure theirs",
      "procedure theirs names voyage",
    ],
  ] as const) {
    await db.admin.run(make);
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining(told) });
    await db.admin.run(drop);
  }
  await db.admin.run(
    "insert into vitrine_lease (lease_name, holder, expires_at) values ('tried', 'me', utc_timestamp(3) + interval 60 second)",
  );
  await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining("tried (me)") });
  await db.admin.run("delete from vitrine_lease where lease_name = 'tried'");
});

test("stops when what is in another database names a view of ours", async () => {
  const other = `${db.admin.database}_other`;
  await db.admin.query(
    `create database ${other}; create view ${other}.theirs as select ship from ${db.admin.database}.voyage`,
  );
  await expect(plan()).rejects.toThrow(`view ${other}.theirs names voyage`);
  await db.admin.query(`drop database ${other}`);
});

test("stops when other projects made something too", async () => {
  await db.admin.run(
    "insert into vitrine_migration (name, kind, hash) values ('views/port/crane.sql', 'view', '')",
  );
  await expect(plan()).rejects.toThrow("Domains that this project lacks made something here too: port (");
  await db.admin.run("delete from vitrine_migration where name = 'views/port/crane.sql'");
});

test("nobody migrates while it drops, and others write a table that it waits for", async () => {
  await db.admin.withConnection(async (owner) => {
    await owner.query("begin; select count(*) from voyages");
    const told = (async () => {
      for (;;) {
        const [row] = await db.admin.query<{ info: string }>(
          `select info from information_schema.processlist
          where db = database() and state = 'Waiting for table metadata lock' and info like 'drop trigger%'`,
        );
        if (row) return row.info;
        await new Promise((done) => setTimeout(done, 20));
      }
    })();
    const done = uninstall(db.admin, installed());
    expect(await told).toMatch(/^drop trigger if exists `voyages/);
    await expect(migrateUp({ admin: db.admin, ...installed(), waitMs: 0 })).rejects.toMatchObject({
      code: "MIGRATION_LOCKED",
    });
    // Behind the waiting statement, for as long as that waits.
    await db.admin.run("set statement lock_wait_timeout = 20 for update voyages set status = status");
    await owner.run("commit");
    await done;
  });
  await migrate();
});

test("leaves what was changed by hand, and says so", async () => {
  await db.admin.run("create or replace procedure export_voyage() select 1");
  expect((await plan()).left).toEqual([
    "procedure export_voyage: it was changed by hand since procedures/harbour/export_voyage.sql was applied",
  ]);
  await migrate();
  expect((await plan()).left).toEqual([]);
});

test("leaves the database as it was before, also when it was killed half-way", async () => {
  const whole = await plan();
  let left = Math.floor(whole.dropped.length / 2);
  const killed = uninstall(db.admin, installed(), () => {
    if (--left === 0) throw new Error("killed");
  });
  await expect(killed).rejects.toThrow("killed");
  expect((await plan()).dropped.length).toBeLessThan(whole.dropped.length);
  await uninstall(db.admin, installed());
  expect(await dump()).toEqual(before);
  await expect(plan()).rejects.toMatchObject({ message: "The database has nothing of Vitrine's." });
  // And back again.
  await migrate();
  expect((await plan()).dropped).toHaveLength(whole.dropped.length);
});
