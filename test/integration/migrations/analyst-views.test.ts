import { afterAll, beforeAll, expect, test } from "vitest";
import { judgeAnalystViews } from "../../../src/migrations/analyst-views.ts";
import { findModelProblems } from "../../../src/migrations/check-models.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { defineProject } from "../../../src/models/project.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const lent = (name: string, query: string) => ({
  [`views/shop/${name}.sql`]: `create or replace sql security definer view ${name} as\n${query};\n`,
});
const view = (name: string, query: string) => ({
  [`views/shop/${name}.sql`]: `create or replace sql security invoker view ${name} as\n${query};\n`,
});
const project = defineProject({
  sql: "sql",
  domains: [{ name: "shop", description: "A shop.", models: [], personal: { buyer: ["Name"] } }],
});
let folder: SqlFolder;
let db: TestDatabase;
let analyst: MariaDb;

beforeAll(async () => {
  folder = await createSqlFolder({
    "migrations/shop/0001-buyer.sql": `create table if not exists buyer (id int primary key, name varchar(20) not null, city varchar(20) not null);
insert ignore into buyer values (1, 'Ann', 'Ulm');`,
    ...view("buyer_names", "select id, concat('the ', name) as called, city from buyer"),
    ...lent("bi_buyers", "select id, city from buyer_names"),
    ...lent("bi_initials", "select id, left(called, 1) as initial from buyer_names"),
  });
  db = await openTestDatabase({ project, sqlDir: folder.dir });
  analyst = openMariaDb(db.urls.analyst);
});
afterAll(async () => {
  await analyst?.close();
  await db?.close();
  await folder?.close();
});

const up = () => migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: project.domains });

test("an analyst reads a lent view, and not what is behind it, nor how it is made", async () => {
  expect(await analyst.query("select id, city from bi_buyers")).toEqual([{ id: 1, city: "Ulm" }]);
  for (const sql of [
    "select id from buyer",
    "select id from buyer_names",
    "show create view bi_buyers",
    "insert into bi_buyers (id, city) values (2, 'Rom')",
    "update bi_buyers set city = 'Rom'",
    "delete from bi_buyers",
    "select n from vitrine_position",
    "call vitrine_take_position()",
    "create table t (x int)",
  ])
    await expect(analyst.query(sql), sql).rejects.toThrow(/denied/);
});

test("a view that shows what is personal, through whatever views, is not lent, and told", async () => {
  await expect(analyst.query("select initial from bi_initials")).rejects.toThrow(/denied/);
  const { shown } = await judgeAnalystViews(db.admin, project.domains);
  expect(shown).toEqual(["bi_buyers"]);
  const problems = await findModelProblems(db.admin, { sqlDir: folder.dir, domains: project.domains });
  expect(problems.map(({ message }) => message)).toEqual([
    "bi_initials is not shown to analysts: its column initial is computed from buyer.name, which is personal. Leave it out.",
  ]);
});

test("a view whose text changes to what is personal is taken back, and lent again when mended", async () => {
  await folder.write(lent("bi_buyers", "select id, city, name from buyer"));
  await up();
  await expect(analyst.query("select city from bi_buyers")).rejects.toThrow(/denied/);
  await folder.write(lent("bi_buyers", "select id, city from buyer"));
  await up();
  expect(await analyst.query("select city from bi_buyers")).toEqual([{ city: "Ulm" }]);
});

test("a view that gives a query of WITH the name of a table is not lent: its text does not say which of them it reads", async () => {
  await folder.write(
    lent(
      "bi_hidden",
      `with Buyer as (select 1 as id, 'x' as name) select b.name from \`${db.admin.database}\`.buyer as b`,
    ),
  );
  await up();
  await expect(analyst.query("select name from bi_hidden")).rejects.toThrow(/denied/);
});

test("a view whose text is not understood is not lent", async () => {
  await folder.write({
    "procedures/shop/named.sql":
      "create or replace function named(in_id int) returns varchar(20)\nreads sql data\nreturn (select name from buyer where id = in_id);\n",
    ...lent("bi_hidden", "select id, named(id) as x from buyer"),
  });
  await up();
  await expect(analyst.query("select x from bi_hidden")).rejects.toThrow(/denied/);
  const { problems } = await judgeAnalystViews(db.admin, project.domains);
  expect(problems.map(({ model }) => model)).toEqual(["bi_hidden", "bi_initials"]);
});
