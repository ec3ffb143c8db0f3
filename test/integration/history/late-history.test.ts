import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { int, list } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { withStatementLog } from "../../support/statement-log.ts";

let db: TestDatabase;
let live: DocumentStore;
const moments = { firstOnly: "", both: "", sold: "" };
const model = (name: string) =>
  defineModel({
    ...{
      name,
      typeName: "Basket",
      description: "Somebody's rows, and those that belong to them.",
      key: "id",
    },
    fields: { id: int("Number."), parts: list("Its parts.", int("Number of a part.")) },
  });
const [basket, whole] = [model("basket"), model("whole_basket")];
const partsOf = (table: string) =>
  `coalesce((select json_arrayagg(part_id order by part_id) from ${table} where ${table}.basket_id = baskets.basket_id),
    json_array()) as parts`;

beforeAll(async () => {
  // Its migrations make what reads histories; these tables are somebody else's.
  db = await openTestDatabase();
  live = createLiveStore(db.reader, (table) => table === "kept_parts");
  await db.admin.query(`
    create table baskets (basket_id int primary key);
    create table parts (part_id int primary key, basket_id int not null);
    create table kept_parts (part_id int primary key, basket_id int not null) with system versioning;
    insert into baskets values (1), (2);
    insert into parts values (11, 1), (12, 1), (21, 2);
    create view basket as select basket_id as id, ${partsOf("parts")} from baskets;
    create view whole_basket as select basket_id as id, ${partsOf("kept_parts")} from baskets;
    alter table baskets add system versioning`);
  moments.firstOnly = await readMoment(db.admin);
  await sleep(50);
  await db.admin.query(`alter table parts
    add column begun timestamp(6) generated always as row start invisible,
    add column ended timestamp(6) generated always as row end invisible,
    add period for system_time (begun, ended), add system versioning`);
  moments.both = await readMoment(db.admin);
  await db.admin.query("delete from parts where part_id = 12; insert into kept_parts values (1, 1)");
  moments.sold = await readMoment(db.admin);
  await db.admin.query(
    "set statement system_versioning_alter_history = keep for alter table parts add column n int",
  );
});
afterAll(() => db?.close());

const parts = async (of: typeof basket, asOf: string) =>
  (await live.findByIds(of, ["1"], { asOf })).get("1")?.parts;

test("a moment before the history of one of its tables is refused by that table's name, not answered without its rows", async () => {
  expect(await parts(basket, moments.sold)).toEqual([11]);
  expect(await parts(basket, moments.both)).toEqual([11, 12]);
  const [row] = await db.admin.query<{ at: string }>(
    "select date_format(min(begun), '%Y-%m-%dT%T.%fZ') as at from parts for system_time all",
  );
  await expect(parts(basket, moments.firstOnly)).rejects.toMatchObject({
    code: "BEFORE_HISTORY",
    message: expect.stringContaining(`basket reads parts, whose history begins at ${row?.at}`),
  });
  await expect(live.count(basket, null, { asOf: moments.firstOnly })).rejects.toThrow("reads parts");
});

test("a table that was made with its history was empty before its first row, and is shown so", async () => {
  expect(await parts(whole, moments.sold)).toEqual([1]);
  expect(await parts(whole, moments.both)).toEqual([]);
});

test("the versions of a document end where the history of a table begins, and say that nothing tells since when", async () => {
  const { versions, hasMore } = await live.findVersions(basket, "1", { limit: 10, before: null });
  expect(hasMore).toBe(false);
  expect(versions.map(({ document, validFrom }) => [document?.parts, validFrom === null])).toEqual([
    [[11], false],
    [[11, 12], true],
  ]);
});

test("a table of somebody's that is older than its first row had no rows before", async () => {
  await db.admin.query(`
    create table late_parts (part_id int primary key, basket_id int not null) with system versioning;
    create view late_basket as select basket_id as id, ${partsOf("late_parts")} from baskets`);
  await sleep(1100);
  const before = await readMoment(db.admin);
  await db.admin.query("insert into late_parts values (7, 1)");
  // Whoever has just begun to look.
  const ask = () =>
    createLiveStore(db.reader, () => false).findByIds(model("late_basket"), ["1"], { asOf: before });
  expect((await ask()).get("1")?.parts).toEqual([]);
  // From here on nothing tells whether there were any.
  await db.admin.query(
    "set statement system_versioning_alter_history = keep for alter table late_parts add column n int",
  );
  await expect(ask()).rejects.toThrow("reads late_parts, whose history begins at");
});

test("all who ask after an alter share one look at the table, which outlives who waits no longer, and later moments need none", async () => {
  await db.admin.query(`
    create table counted_parts (part_id int primary key, basket_id int not null);
    insert into counted_parts values (3, 1);
    create view counted_basket as select basket_id as id, ${partsOf("counted_parts")} from baskets;
    alter table counted_parts add system versioning`);
  const early = await readMoment(db.admin);
  await sleep(1100);
  await db.admin.query(
    "set statement system_versioning_alter_history = keep for alter table counted_parts add column n int",
  );
  await sleep(1100);
  const late = await readMoment(db.admin);
  const store = createLiveStore(db.reader, () => false);
  const ask = async (asOf: string, timeoutMs = 60_000) =>
    (await store.findByIds(model("counted_basket"), ["1"], { asOf, timeoutMs })).get("1")?.parts;
  await withStatementLog(db.admin, async ({ sentBy }) => {
    const looks = async () =>
      (await sentBy(db.urls.reader)).filter((sent) =>
        /select date_format\(min\(.*from `counted_parts`/s.test(sent),
      ).length;
    expect(await ask(late)).toEqual([3]);
    expect(await looks()).toBe(0);
    await db.admin.withConnection(async (connection) => {
      await connection.run("lock tables counted_parts write");
      await expect(ask(early, 500)).rejects.toMatchObject({ code: "QUERY_TIMEOUT" });
      await connection.run("unlock tables");
    });
    expect(await Promise.all(Array.from({ length: 6 }, () => ask(early)))).toEqual(Array(6).fill([3]));
    expect(await looks()).toBe(1);
  });
});
