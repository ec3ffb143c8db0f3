import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { examineSources } from "../../../src/commands/examine-sources.ts";
import { findOutdatedModels } from "../../../src/migrations/outdated-models.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

/** What is done to tables, views and functions without a write that a trigger could log, and whom it concerns. */
let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
});
afterAll(() => db?.close());

const tables = ["part", "part_2", "sorted", "loose", "rate", "idle", "odd-näme"];
/** `direct` reads a table, `deep` through a view and a function, `touched` by its touched view. */
beforeEach(async () => {
  await db.admin.query(`
    drop table if exists ${tables.map((name) => `\`${name}\``).join(", ")};
    create table part (part_id int primary key, name varchar(20) collate utf8mb4_general_ci not null,
      price decimal(8,2) not null, gross decimal(8,2) generated always as (price * 1.2) virtual) engine = InnoDB;
    create table part_2 like part;
    create table sorted (id int not null, year int not null, primary key (id, year)) engine = InnoDB
      partition by range (year) (partition old values less than (2020), partition new values less than (2040));
    create table loose (id int not null, year int not null, primary key (id, year)) engine = InnoDB;
    create table rate (rate int not null) engine = InnoDB;
    create table idle (id int primary key) engine = InnoDB;
    create table \`odd-näme\` (id int primary key) engine = InnoDB;
    insert into part values (1, 'a', 2, default); insert into part_2 values (1, 'b', 3, default);
    insert into sorted values (1, 2000), (2, 2030); insert into loose values (3, 2001);
    create or replace function rate_of(in_id int) returns int reads sql data
      begin declare v int; select max(rate) into v from rate; return v; end;
    create or replace view between_them as select part_id, name, rate_of(part_id) as rate from part;
    create or replace view direct as select part_id, price, gross from part;
    create or replace view deep as select part_id, name, rate from between_them;
    create or replace view years as select id from sorted;
    create or replace view years_touched_by_odd as select id as change_id, id as document_id from \`odd-näme\`;
    replace into vitrine_touched_view values ('years', 'odd-näme', 'years_touched_by_odd');
    replace into vitrine_state (model, shape_hash, rebuild_status, rebuilt_at)
      values ('direct', 'x', 'done', now()), ('deep', 'x', 'done', now()), ('years', 'x', 'done', now());
    delete from vitrine_source`);
  // Of what was mirrored before the first look nobody knows from what.
  expect(await look()).toEqual(["deep", "direct", "years"]);
  expect(await look()).toEqual([]);
});

/** As a loader sees it, with the rights of its role. */
const look = async () => {
  const found = await findOutdatedModels(db.loader);
  await found?.note(db.loader);
  return found?.models;
};

test.each<readonly [statement: string, ...models: string[]]>([
  ["alter table part modify gross decimal(8,2) generated always as (price * 1.3) virtual", "deep", "direct"],
  ["alter table part modify price decimal(9,3) not null", "deep", "direct"],
  ["alter table part change price cost decimal(8,2) not null, drop column gross", "deep", "direct"],
  ["alter table part modify name varchar(20) collate utf8mb4_nopad_bin not null", "deep", "direct"],
  ["alter table part convert to character set utf8mb4 collate utf8mb4_bin", "deep", "direct"],
  ["alter table part rename column part_id to x, rename column price to part_id", "deep", "direct"],
  ["rename table part to part_0, part_2 to part, part_0 to part_2", "deep", "direct"],
  ["create or replace table part like part_2", "deep", "direct"],
  ["truncate table part", "deep", "direct"],
  ["drop table part", "deep", "direct"],
  ["optimize table part", "deep", "direct"],
  ["truncate table rate", "deep"],
  ["alter table sorted drop partition old", "years"],
  ["alter table sorted truncate partition old", "years"],
  ["alter table sorted exchange partition old with table loose", "years"],
  ["alter table sorted add partition (partition later values less than (2060))", "years"],
  ["alter table sorted remove partitioning", "years"],
  ["truncate table `odd-näme`", "years"],
  ["create or replace view direct as select part_id, price, 1 as gross from part", "direct"],
  ["create or replace view between_them as select part_id, upper(name) as name, 1 as rate from part", "deep"],
  [
    "create or replace function rate_of(in_id int) returns int reads sql data return (select min(rate) from rate)",
    "deep",
  ],
  // What no document can show.
  ["alter table part add column note text"],
  ["alter table part add index part_name_ix (name)"],
  ["alter table part comment = 'as before', alter column name set default 'x'"],
  ["insert into part (part_id, name, price) values (2, 'c', 4)"],
  ["truncate table idle"],
  ["create table part_3 like part"],
  ["analyze table part, sorted"],
  ["flush tables"],
])("%s", async (statement, ...models) => {
  await db.admin.query(statement);
  expect(await look()).toEqual(models);
  expect(await look()).toEqual([]);
  await db.admin.query("drop table if exists part_0, part_3");
});

test("a column that came and is used later counts as the others do", async () => {
  await db.admin.query("alter table part add column note varchar(20)");
  expect(await look()).toEqual([]);
  await db.admin.query("alter table part modify note varchar(30)");
  expect(await look()).toEqual(["deep", "direct"]);
});

test("columns of one type that change names are told, though every name still has its type", async () => {
  await db.admin.query("alter table part add column a int, add column b int");
  expect(await look()).toEqual([]);
  await db.admin.query("alter table part rename column a to b, rename column b to a");
  expect(await look()).toEqual(["deep", "direct"]);
});

test("what is not noted is told again: the rebuild may not have been asked for", async () => {
  await db.admin.query("truncate table rate");
  expect((await findOutdatedModels(db.loader))?.models).toEqual(["deep"]);
  expect(await look()).toEqual(["deep"]);
});

test("while views are being replaced a look takes only tables to be others, and leaves the rest to the next", async () => {
  await db.admin.query("truncate table rate; create or replace view direct as select part_id from part");
  const found = await findOutdatedModels(db.loader, { tablesOnly: true });
  await found?.note(db.loader);
  expect(found?.models).toEqual(["deep"]);
  expect(await look()).toEqual(["direct"]);
});

test("without the right PROCESS tables that change names are told by the time at which they were made", async () => {
  const account = `${db.admin.database}_plain`;
  const password = randomBytes(12).toString("hex");
  await db.admin.query(`create user ${account}@'%' identified by '${password}';
    grant all on ${db.admin.database}.* to ${account}@'%';
    create or replace view years_touched_by_odd as select 0 as change_id, 0 as document_id`);
  const url = Object.assign(new URL(db.mariadbUrl), { username: account, password });
  const plain = openMariaDb(url.href, { size: 1, multipleStatements: true });
  try {
    const [row] = await db.admin.query<{ "Create Function": string }>(
      "show create function vitrine_read_sources",
    );
    const owned = row?.["Create Function"].replace(/DEFINER=`[^`]+`@`[^`]+`/, "") ?? "";
    await plain.query(owned.replace("CREATE", "create or replace"));
    await db.admin.query("delete from vitrine_source");
    await look();
    expect(await look()).toEqual([]);
    // To the second.
    await sleep(1100);
    await db.admin.query("rename table part to part_0, part_2 to part, part_0 to part_2");
    expect(await look()).toEqual(["deep", "direct"]);
    expect(await examineSources(plain)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/PROCESS/),
    });
    expect(await examineSources(db.admin)).toMatchObject({ ok: true });
  } finally {
    await plain.close();
    await db.admin.query(`drop user ${account}@'%'`);
  }
});
