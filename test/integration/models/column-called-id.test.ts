import { afterAll, beforeAll, expect, test } from "vitest";
import { scaffoldModel } from "../../../src/migrations/scaffold-model.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db?.close());

test("a column called id gets another name, for every document has a field id that is made for it", async () => {
  await db.admin.run("create table relic (id int not null primary key, age int not null)");
  await db.admin.run("create or replace view relic_list as select id, age from relic");
  const options = { models: [], domain: "pos" };
  const made = await scaffoldModel(db.admin, {
    name: "old_relic",
    source: "relic",
    isView: false,
    ...options,
  });
  expect(made.view).toContain("relic.id as old_relic_id");
  expect(made.definition).toContain('key: "oldRelicId"');
  await expect(
    scaffoldModel(db.admin, { name: "relic_list", source: "relic_list", isView: true, ...options }),
  ).rejects.toThrow(/id: every document has a field of this name/);
});
