import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkCascades } from "../../../src/migrations/check-cascades.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { readCapturedDomains } from "../../../src/migrations/read-captured.ts";
import { planUninstall } from "../../../src/migrations/uninstall.ts";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineDomain, defineProject, type Project } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

/** Two projects, four hundred tables, another database: what is on the same server and nobody's business. */
const model = (name: string, typeName: string) =>
  defineModel({
    ...{ name, typeName, description: "Of a table.", key: "id" },
    fields: { id: int("Number."), text: string("Text.", { nullable: true }) },
  });
const toProject = (domain: string, name: string, typeName: string) =>
  defineProject({
    sql: "sql",
    domains: [defineDomain({ name: domain, description: "One.", models: [model(name, typeName)] })],
  });
const [one, two] = [toProject("one", "first_rows", "FirstRow"), toProject("two", "second_rows", "SecondRow")];

let db: TestDatabase;
let root: string;
let outer: string;
const dirOf = (project: Project) => join(root, project.domains[0]?.name ?? "");
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine-shared-"));
  db = await openTestDatabase({ project: one, sqlDir: join(root, "one"), migrate: false });
  outer = `${db.admin.database}_outer`;
  await db.admin.query(`
    create database ${outer};
    create table ${outer}.grand (id int primary key) engine = InnoDB;
    create table ${outer}.parent (id int primary key, grand_id int null,
      constraint to_grand foreign key (grand_id) references grand (id) on delete cascade) engine = InnoDB;
    create table 地图 (id int primary key, 名称 varchar(20) collate utf8mb4_general_ci, parent_id int null,
      constraint to_outer foreign key (parent_id) references ${outer}.parent (id) on delete cascade) engine = InnoDB;
    create table shared (id int primary key, text varchar(20)) engine = InnoDB;
    insert into 地图 values (1, '北京', null)`);
  await db.admin.query(
    Array.from({ length: 400 }, (_, n) => `create table many_${n} (id int primary key, v int)`).join(";"),
  );
  for (const [project, from] of [
    [one, "select 地图.id, 地图.名称 as text from 地图"],
    [two, "select shared.id, shared.text from shared"],
  ] as const) {
    const { name, models } = project.domains[0] as Project["domains"][number]; // of toProject
    await mkdir(join(root, name, "views", name), { recursive: true });
    const view = models[0]?.name;
    await writeFile(
      join(root, name, "views", name, `${view}.sql`),
      `create or replace sql security invoker view ${view} as\n${from};\n`,
    );
  }
}, 60_000);
afterAll(async () => {
  await db?.admin.query(`set foreign_key_checks = 0; drop database if exists ${outer}`);
  await db?.close();
  await rm(root, { recursive: true, force: true });
});

async function up(project: Project): Promise<void> {
  const sqlDir = dirOf(project);
  await writeGeneratedFiles(sqlDir, await compareGeneratedFiles(db.mariadbUrl, sqlDir, project));
  await migrateUp({ admin: db.admin, sqlDir, domains: project.domains });
}

test("names in Chinese are captured and listed among what changed, in a database of four hundred tables", async () => {
  await up(one);
  await db.admin.query(
    "update 地图 set 名称 = '上海' where id = 1; insert into 地图 values (2, '东京', null)",
  );
  expect(await db.admin.query("select id, text from first_rows order by id")).toEqual([
    { id: 1, text: "上海" },
    { id: 2, text: "东京" },
  ]);
  const [table] = await db.admin.query<{ name: string }>(
    "select change_table as name from vitrine_captured_table",
  );
  const rows = await db.admin.query(
    `select id, vitrine_changed as what from \`${table?.name}\` order by vitrine_id`,
  );
  expect(rows).toEqual([
    { id: "1", what: "名称" },
    { id: "2", what: null },
  ]);
});

test("foreign keys that tables of another database are behind, also in a chain, are told, until somebody logs what it takes along", async () => {
  const find = async () => {
    const domains = await readCapturedDomains({ sqlDir: dirOf(one), domains: one.domains });
    return (await checkCascades(db.admin, { domains })).map(({ message }) => message);
  };
  expect(await find()).toEqual([
    expect.stringMatching(
      new RegExp(
        `^Foreign key to_grand, to_outer: who deletes a row of ${outer}\\.grand changes rows of 地图 through ${outer}\\.parent, .* ${outer} is another database, .* write there a trigger before delete on grand that`,
      ),
    ),
    expect.stringMatching(
      new RegExp(
        `^Foreign key to_outer: who deletes a row of ${outer}\\.parent changes rows of 地图, .* is another database`,
      ),
    ),
  ]);
  await db.admin.query(
    `create trigger ${outer}.by_hand before delete on ${outer}.parent for each row
    insert into ${db.admin.database}.vitrine_change_地图 (id) select id from ${db.admin.database}.地图 where parent_id = old.id`,
  );
  expect(await find()).toEqual([expect.stringContaining("to_grand, to_outer")]);
  await db.admin.query(
    `create trigger ${outer}.by_hand_too before delete on ${outer}.grand for each row
    insert into ${db.admin.database}.vitrine_change_地图 (id)
    select 地图.id from ${db.admin.database}.地图 join parent on parent.id = parent_id where grand_id = old.id`,
  );
  expect(await find()).toEqual([]);
});

test("a second project in the same database leaves the first what it has, and neither uninstalls the other's", async () => {
  await up(two);
  const views = await db.admin.query<{ name: string }>(
    "select table_name as name from information_schema.views where table_schema = database() and table_name like '%rows'",
  );
  expect(views.map(({ name }) => name).sort()).toEqual(["first_rows", "second_rows"]);
  await db.admin.query("insert into 地图 values (3, 'x', null); insert into shared values (1, 'x')");
  for (const project of [one, two])
    await expect(
      planUninstall(db.admin, { sqlDir: dirOf(project), domains: project.domains }),
    ).rejects.toThrow(/Domains that this project lacks made something here too/);
});
