import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { findModelProblems } from "../../../src/migrations/check-models.ts";
import { checkViews } from "../../../src/migrations/check-views.ts";
import { createModel } from "../../../src/migrations/create-model.ts";
import { compareGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { type Domain, defineDomain, defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

/** What an author makes of a view, whatever it shows. */
const judged = defineModel({
  name: "judged",
  typeName: "Judged",
  description: "Judged.",
  key: "bedId",
  fields: { bedId: int("Number.") },
});
const garden = defineDomain({ name: "garden", description: "A garden.", models: [judged] });
const bare: Domain = { ...garden, models: [] };

const tables = `create table if not exists bed (bed_id int not null primary key, name varchar(20) not null, sun int null);
create table if not exists gardener (gardener_id int not null primary key, boss_id int null);
`;
const view = (select: string) =>
  `-- purpose: judged\ncreate or replace sql security invoker view judged as\n${select};\n`;
const viewFile = "views/garden/judged.sql";

let db: TestDatabase;
let folder: SqlFolder;
beforeAll(async () => {
  folder = await createSqlFolder({ "migrations/garden/0001-beds.sql": tables });
  db = await openTestDatabase({
    project: defineProject({ sql: "sql", domains: [bare] }),
    sqlDir: folder.dir,
  });
});
afterAll(async () => {
  await db?.close();
  await folder?.close();
});
afterEach(async () => {
  for (const file of [viewFile, "procedures/garden/count_gardeners.sql"])
    await rm(join(folder.dir, file), { force: true });
  await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: [bare] });
  await db.admin.query(
    "drop view if exists judged; drop view if exists middle; drop table if exists passing",
  );
});

/** What a command says when it fails, and the code that it ends with. */
async function sayOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "nothing";
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    return `${error.code} ${error.exitCode}: ${error.message}`;
  }
}

const makeNew = (source: string, isView = true) =>
  createModel(db.admin, {
    ...{ url: db.mariadbUrl, projectDir: folder.dir, sqlDir: folder.dir, domains: [bare], domain: bare },
    ...{ name: "judged", source, isView, check: (domains) => defineProject({ sql: "sql", domains }) },
  });

/** What each of the four commands says: `nothing` when all is well for it. */
async function judge(): Promise<Readonly<Record<"new" | "generate" | "up" | "check", string>>> {
  const files = await readdir(folder.dir, { recursive: true });
  const said = await sayOf(makeNew("judged"));
  const generate = await sayOf(compareGeneratedFiles(db.mariadbUrl, folder.dir, { domains: [garden] }));
  expect(await readdir(folder.dir, { recursive: true })).toEqual(files);
  const up = await sayOf(migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: [garden] }));
  const left = await findModelProblems(db.admin, { sqlDir: folder.dir, domains: [garden] });
  const problems = await checkViews(db.admin, { sqlDir: folder.dir, domains: [garden] }, [judged]);
  const scratch = await db.admin.query(
    `select table_name from information_schema.views
    where table_schema = database() and table_name like 'vitrine%scratch%'`,
  );
  expect(scratch).toEqual([]);
  return {
    ...{ new: said, generate },
    up: up === "nothing" && left[0] ? left.map(({ message }) => message).join("\n") : up,
    check: problems.map(({ message }) => message).join("\n"),
  };
}

const joins = (count: number) =>
  Array.from({ length: count }, (_, at) => `join bed b${at + 1} on b${at + 1}.bed_id = b${at}.sun`).join(" ");
const recursive = `with recursive up as (select gardener_id, boss_id from gardener union all
  select g.gardener_id, g.boss_id from gardener g join up on up.boss_id = g.gardener_id)
select gardener_id as bed_id from up`;
const unmade = /^judged has no view: run `vitrine migrate up`/;
const unfollowed = /^judged follows no change: run `vitrine triggers generate`/;
const failed = (sentence: string) => new RegExp(`^MIGRATION_FAILED 70: ${sentence}`);
const refused = (sentence: string) =>
  failed(
    `View judged cannot be derived\\. ${sentence} Or write touched/garden/judged_touched_by_<table>\\.sql by hand`,
  );

/** What the server, or a rule of the files, refuses: every command that reads the file says the same. */
const unmakeable: readonly (readonly [what: string, select: string, sentence: string])[] = [
  [
    "a table that is not there",
    "select b.bed_id from bed b join nowhere n on n.bed_id = b.bed_id",
    "Table '(vt_\\w+\\.)?nowhere' doesn't exist\\. Make the table by a migration",
  ],
  [
    "a temporary table, which is gone with its session",
    "select bed_id from passing_bed",
    "Table '(vt_\\w+\\.)?passing_bed' doesn't exist\\. Make the table by a migration",
  ],
  ["a star", "select * from bed", "lists columns with `\\*`; name them"],
  [
    "a user variable",
    "select bed_id, @x as x from bed",
    ".*contains a variable or parameter\\. Take the variable out",
  ],
  [
    "more tables than a join may have",
    `select b0.bed_id from bed b0 ${joins(61)}`,
    "Too many tables; .*61.*\\. Join fewer",
  ],
  [
    "a function that is not there",
    "select bed_id, count_gardeners(bed_id) as n from bed",
    "FUNCTION (\\w+\\.)?count_gardeners does not exist\\. Make the routine by a file",
  ],
];

/** What the server makes, and of which nobody can tell whom a change concerns. */
const unfollowable: readonly (readonly [what: string, select: string, sentence: string])[] = [
  [
    "another database",
    "select table_rows as bed_id from information_schema.tables",
    "information_schema\\.tables belongs to another database\\. A model shows the tables of one database\\.",
  ],
  [
    "a recursive table expression",
    recursive,
    "A recursive WITH is not understood\\. Join the levels that are needed\\.",
  ],
];

describe("a view that cannot be a model is told in a sentence, and nothing is half written", () => {
  test.each(unmakeable)("%s", async (_, select, sentence) => {
    await folder.write({ [viewFile]: view(select) });
    const told = failed(`${viewFile.replaceAll(".", "\\.")}: ${sentence}`);
    expect(await judge()).toEqual({
      new: expect.stringMatching(told),
      generate: expect.stringMatching(told),
      up: expect.stringMatching(told),
      check: expect.stringMatching(unmade),
    });
  });

  test.each(unfollowable)("%s", async (_, select, sentence) => {
    await folder.write({ [viewFile]: view(select) });
    expect(await judge()).toEqual({
      new: expect.stringMatching(refused(sentence)),
      generate: expect.stringMatching(refused(sentence)),
      up: expect.stringMatching(unfollowed),
      check: expect.stringMatching(refused(sentence).source.replace("^MIGRATION_FAILED 70: ", "^")),
    });
  });

  test("a stored function that reads tables", async () => {
    await folder.write({
      "procedures/garden/count_gardeners.sql":
        "create or replace function count_gardeners(in_bed int) returns int\nreads sql data\nreturn (select count(*) from gardener where gardener_id > in_bed);\n",
      [viewFile]: view("select bed_id, count_gardeners(bed_id) as n from bed"),
    });
    const told = await judge();
    const sentence =
      "count_gardeners is a stored function\\. Write its SQL into the view: what it reads cannot be seen\\.";
    expect(told.new).toMatch(refused(sentence));
    expect(told.generate).toMatch(refused(sentence));
    expect(told.check).toMatch(/count_gardeners is a stored function/);
  });
});

describe("a view without a document's id", () => {
  test("no column that could be one", async () => {
    await folder.write({ [viewFile]: view("select sun * 1.5 as warm from bed") });
    const told = await judge();
    expect(told.new).toMatch(
      /^USAGE 2: The view judged has no column of whole numbers or text.* Show the key/,
    );
    expect(told.generate).toMatch(refused("It has no column bed_id\\. Name a column that it has\\."));
    expect(told.check).toMatch(/^judged\.bed_id is missing: the view needs it for the field bedId\./);
  });

  test("a table of which two columns are the key, and one can be no part of an id", async () => {
    await db.admin.run("create table passing (a int, b double, primary key (a, b))");
    expect(await sayOf(makeNew("passing", false))).toMatch(
      /^USAGE 2: passing needs columns of numbers, text or days as its primary key, .*; b: double has no exact form/,
    );
  });
});

describe("what only the database has", () => {
  test("a view over a table that is gone", async () => {
    await db.admin.query("create table passing (bed_id int primary key)");
    await db.admin.query(
      "create view middle as select bed_id from passing; create view judged as select bed_id from middle",
    );
    await db.admin.query("drop table passing");
    expect(await sayOf(makeNew("judged"))).toMatch(
      failed("View \\w+, which no file makes, cannot be read\\. .*doesn't exist\\. Make it anew\\."),
    );
    const problems = await checkViews(db.admin, { sqlDir: folder.dir, domains: [garden] }, [judged]);
    expect(problems.map(({ message }) => message).join("\n")).toMatch(
      /^judged cannot be read: .*judged.*invalid.*\. Make what it reads again/,
    );
  });

  test("a name that is none's, a table named as a view, a view named as a table", async () => {
    expect(await sayOf(makeNew("nobody"))).toMatch(
      /^USAGE 2: There is no view nobody, neither in the database nor/,
    );
    expect(await sayOf(makeNew("nobody", false))).toMatch(/^USAGE 2: There is no table nobody/);
    expect(await sayOf(makeNew("bed"))).toBe("USAGE 2: bed is no view. Write --table bed.");
    await db.admin.run("create view middle as select bed_id from bed");
    expect(await sayOf(makeNew("middle", false))).toBe("USAGE 2: middle is no table. Write --view middle.");
  });

  test("a view whose columns no document can show under their names", async () => {
    await db.admin.run(
      "create view judged as select bed_id as bedID, name, sun / 7e0 as part, cast('2024-01-01' as datetime(6)) as at from bed",
    );
    expect(await sayOf(makeNew("judged"))).toBe(`USAGE 2: The view judged cannot be a model as it is.
  part: double has no exact form in a document; convert it in the view
  bedID: the column of a field bedId is called bed_id
  at: finer than a millisecond: cast it to datetime(3)
Change it, or give the model another name: a view of that name is then written over it, which names, converts and leaves out.`);
  });
});
