import { afterAll, beforeAll, expect, test } from "vitest";
import { readShapes } from "../../../src/derive/read-shapes.ts";
import { prepareParser } from "../../../src/derive/read-view-text.ts";
import { readViews } from "../../../src/derive/read-views.ts";
import { Refusal } from "../../../src/derive/refusal.ts";
import { defineProject } from "../../../src/models/project.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }), migrate: false });
  await prepareParser();
  await db.admin.query(
    `create table bed (bed_id int not null primary key, sun int not null, price decimal(9, 2) not null);
    create view beds as select bed_id, sun + 1 as sun from bed;
    create view prices as select bed_id, price * 2 as price from bed`,
  );
});
afterAll(() => db?.close());

const viewNames = async () =>
  (await db.admin.query<{ name: string }>("show full tables where table_type = 'VIEW'"))
    .map((row) => Object.values(row)[0])
    .sort();

/** Another developer does the same as soon as this one has made the view in which texts and types are looked up. */
function withOther(work: (db: MariaDb) => Promise<unknown>): MariaDb {
  let isMade = false;
  return intercept(db.admin, async (sql) => {
    if (isMade) {
      isMade = false;
      await work(db.admin);
    } else if (sql.startsWith("create or replace")) isMade = true;
  });
}

test("two who read views in one database at once do not disturb each other", async () => {
  const read = await readViews(
    withOther((other) => readViews(other, "prices")),
    "beds",
  );
  expect([...read.values()].filter((view) => view instanceof Refusal)).toEqual([]);
  expect([...read.keys()]).toEqual(["beds"]);
  expect(await viewNames()).toEqual(["beds", "prices"]);
});

test("two who read what views show do not get each other's types", async () => {
  const typesOf = async (admin: MariaDb, view: string) =>
    (await readShapes(admin, view))?.columns.map(({ name, shape, type }) => [
      name,
      shape.kind,
      type.dataType,
    ]);
  const alone = await typesOf(db.admin, "beds");
  expect(
    await typesOf(
      withOther((other) => readShapes(other, "prices")),
      "beds",
    ),
  ).toEqual(alone);
  expect(await viewNames()).toEqual(["beds", "prices"]);
});

test("whoever fails half-way leaves no view behind", async () => {
  for (const read of [readViews, readShapes]) {
    let isMade = false;
    const failing = intercept(db.admin, async (sql) => {
      if (isMade && !sql.startsWith("drop")) throw new Error("The network is away.");
      isMade ||= sql.startsWith("create or replace");
    });
    await expect(read(failing, "beds")).rejects.toThrow("The network is away.");
    expect(await viewNames()).toEqual(["beds", "prices"]);
  }
});
