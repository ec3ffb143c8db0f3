import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCatalogue } from "../../../src/derive/catalogue.ts";
import type { Derivation, Refused } from "../../../src/derive/derivation.ts";
import { type DeriveOptions, deriveTouched } from "../../../src/derive/derive-touched.ts";
import { prepareParser } from "../../../src/derive/read-view-text.ts";
import { readViews } from "../../../src/derive/read-views.ts";
import { toCaptured } from "../../../src/derive/to-captured.ts";
import { defineProject } from "../../../src/models/project.ts";
import { captureTables } from "../../support/capture.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addTouchedViews, createGarden } from "../../support/derive/derived-garden.ts";

let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  await prepareParser();
  await createGarden(db.admin);
  await db.admin.query(
    `create function twice(in_value int) returns int deterministic return in_value * 2;
    create table note (text varchar(10) not null);
    create table blob_key (id binary(4) not null primary key, text varchar(10) not null);
    create table hen (hen_id int not null primary key, egg_id int null);
    create table egg (egg_id int not null primary key, hen_id int null, foreign key (hen_id) references hen (hen_id));
    alter table hen add foreign key (egg_id) references egg (egg_id);
    create table kept (kept_id int not null primary key, name varchar(10) not null) with system versioning;
    create sequence ticket`,
  );
});
afterAll(() => db?.close());

async function derive(
  sql: string,
  options: Partial<Pick<DeriveOptions, "keyColumn" | "columns">> = {},
): Promise<Derivation | Refused> {
  await db.admin.query(`create or replace view judged as ${sql}`);
  return deriveJudged(options);
}

async function deriveJudged(options: Partial<Pick<DeriveOptions, "keyColumn" | "columns">> = {}) {
  const views = await readViews(db.admin, "judged");
  const catalogue = await readCatalogue(db.admin);
  return deriveTouched({ view: "judged", keyColumn: "document_id", views, catalogue, ...options });
}

/** A view, and what the sentence of its refusal names. */
const refused: readonly (readonly [what: string, sql: string, names: RegExp])[] = [
  [
    "what the parser nests otherwise than the server",
    "select bed_id as document_id from bed where (name regexp 'a') = sun",
    /not understood as the server does .*regexp/,
  ],
  ["a stored function", "select bed_id as document_id, twice(sun) as x from bed", /twice.*stored function/],
  ["the moment", "select bed_id as document_id, now() as x from bed", /current_timestamp\(\)/],
  ["chance", "select bed_id as document_id from bed where rand() < 0.5", /rand\(\)/],
  ["a user", "select bed_id as document_id, current_user() as x from bed", /current_user/],
  ["a sequence", "select bed_id as document_id, nextval(ticket) as x from bed", /nextval/],
  [
    "another database",
    "select table_name as document_id from information_schema.tables",
    /information_schema/,
  ],
  [
    "a recursive table expression",
    `with recursive up as (select gardener_id, boss_id from gardener union all
      select g.gardener_id, g.boss_id from gardener g join up on up.boss_id = g.gardener_id)
      select gardener_id as document_id from up`,
    /recursive/,
  ],
  [
    "rollup",
    "select bed_id as document_id, count(*) as n from plant group by bed_id with rollup",
    /rollup|with/,
  ],
  [
    "JSON_TABLE",
    "select b.bed_id as document_id, j.x from bed b join json_table('[1]', '$[*]' columns (x int path '$')) j",
    /JsonTable/,
  ],
  [
    "a past",
    "select kept_id as document_id from kept for system_time as of timestamp '2024-01-01 00:00:00'",
    /SYSTEM_TIME/,
  ],
  [
    "when a row was written",
    "select kept_id as document_id, row_start as x from kept",
    /kept\.(row_start|ROW_START)/,
  ],
  ["a table without a key", "select text as document_id from note", /note has no primary key/],
  ["a key that is binary", "select id as document_id from blob_key", /blob_key\.id, of type binary/],
  ["a key that is a fraction", "select weight as document_id from sign", /sign\.weight, of type double/],
  ["a key that is a moment", "select seen as document_id from sign", /sign\.seen, of type timestamp/],
  [
    "a key that is computed otherwise",
    "select rpad(from_unixtime(bed_id), 3, 'x') as document_id from bed",
    /key document_id is computed/,
  ],
  ["an aggregate as key", "select max(bed_id) as document_id from bed", /key document_id/],
  [
    "a sub-query as key",
    "select (select max(p.plant_id) from plant p where p.bed_id = b.bed_id) as document_id from bed b",
    /key document_id/,
  ],
];

describe("a view that is not understood is refused in a sentence", () => {
  test.each(refused)("%s", async (_, sql, names) => {
    const result = await derive(sql);
    if (result.kind !== "refused") throw new Error(JSON.stringify(result));
    expect(result.reason).toMatch(names);
    // View, construct, remedy.
    expect(result.reason).toMatch(/^View judged cannot be derived\. \S.*\. [A-Z].*\.$/s);
  });

  test("a view over a table, or a view, that is gone", async () => {
    await db.admin.query("create table passing (id int primary key)");
    await db.admin.query("create or replace view middle as select id from passing");
    await db.admin.query("create or replace view judged as select id as document_id from middle");
    await db.admin.query("drop table passing");
    expect(await deriveJudged()).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("middle"),
    });
    await db.admin.query("drop view middle");
    expect(await deriveJudged()).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("middle"),
    });
  });

  test("a view without the column that is to be the key, and no view at all", async () => {
    expect(await derive("select bed_id from bed")).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("It has no column document_id"),
    });
    await db.admin.query("drop view judged");
    expect(await deriveJudged()).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("not a view"),
    });
  });

  test("unions of too many branches", async () => {
    const union =
      "(select bed_id as id from bed union all select bed_id from plant union all select gardener_id from gardener)";
    const joins = Array.from(
      { length: 4 },
      (_, index) => `join ${union} u${index} on u${index}.id = b.bed_id`,
    );
    const result = await derive(`select b.bed_id as document_id from bed b ${joins.join(" ")}`);
    expect(result).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("combinations of branches"),
    });
  });
});

describe("what looks hard is derived", () => {
  test("a star", async () => {
    const result = await derive("select b.*, b.bed_id as document_id from bed b");
    expect(result).toMatchObject({
      tables: [{ table: "bed", columns: ["bed_id", "name", "kind", "sun", "area", "made"], keys: [] }],
    });
  });

  test("sixty joins, in a moment", async () => {
    const joins = Array.from(
      { length: 59 },
      (_, index) => `join bed b${index + 1} on b${index + 1}.bed_id = b${index}.sun`,
    );
    const begin = performance.now();
    const result = await derive(`select b0.bed_id as document_id, b59.name from bed b0 ${joins.join(" ")}`);
    expect(result).toMatchObject({
      kind: "derived",
      tables: [{ table: "bed", columns: ["bed_id", "name", "sun"] }],
    });
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  test("foreign keys in a circle", async () => {
    const result = await derive(
      "select h.hen_id as document_id, e.egg_id from hen h join egg e on e.hen_id = h.hen_id and h.egg_id = e.egg_id",
    );
    expect(result).toMatchObject({ kind: "derived", tables: [{ table: "egg" }, { table: "hen" }] });
  });

  test("names that need quotes", async () => {
    await db.admin.query(
      'create table `odd table` (`the "id" of.it` int primary key, `näme` varchar(5) collate utf8mb4_general_ci, `a,b` int)',
    );
    const result = await derive(
      'select o.`the "id" of.it` as document_id, o.`näme`, p.`a,b` from `odd table` o join `odd table` p on p.`näme` = o.`näme`',
    );
    if (result.kind === "refused") throw new Error(result.reason);
    const captured = toCaptured([result], await readCatalogue(db.admin));
    await captureTables(db.admin, captured, { triggers: true });
    await addTouchedViews(db.admin, result);
    await db.admin.query("insert into `odd table` values (1, 'a', 1), (2, 'A', 2)");
    await db.admin.query(
      "delete from `vitrine_change_odd table`; update `odd table` set `a,b` = 3 where `a,b` = 2",
    );
    const named = await db.admin.query(
      "select distinct document_id from `judged_touched_by_odd table` order by document_id",
    );
    expect(named).toEqual([{ document_id: "1" }, { document_id: "2" }]);
  });

  test("a table that keeps its history", async () => {
    const result = await derive("select kept_id as document_id, name from kept");
    expect(result).toMatchObject({ tables: [{ table: "kept", columns: ["kept_id", "name"], keys: [] }] });
  });
});

describe("which columns matter is for the caller to say", () => {
  const sql = `select b.bed_id, b.name, b.sun, (select max(p.height) from plant p where p.bed_id = b.bed_id) as tallest,
    (select max(g.born) from gardener g where g.bed_id = b.bed_id) as youngest from bed b`;

  test("all of the view when nothing is said; the key is any of them", async () => {
    const result = await derive(sql, { keyColumn: "bed_id" });
    expect(result).toMatchObject({
      tables: [
        { table: "bed", columns: ["bed_id", "name", "sun"] },
        { table: "gardener", columns: ["bed_id", "born"] },
        { table: "plant", columns: ["bed_id", "height"] },
      ],
    });
  });

  test("what nobody wants concerns nobody", async () => {
    const result = await derive(sql, { keyColumn: "bed_id", columns: ["name", "tallest"] });
    expect(result).toMatchObject({
      tables: [
        { table: "bed", columns: ["bed_id", "name"], ways: [{ changed: ["name"] }] },
        { table: "plant", columns: ["bed_id", "height"], ways: [{ changed: ["height"] }] },
      ],
    });
  });
});
