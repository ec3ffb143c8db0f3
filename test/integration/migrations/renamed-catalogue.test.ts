import { expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openTestDatabase } from "../../support/database.ts";
import { gardenContents } from "../../support/garden/mirror-garden.ts";

test("what the release before had captured goes on, though its catalogue had another name", async () => {
  const db = await openTestDatabase(gardenContents);
  const target = { admin: db.admin, sqlDir: db.sqlDir, domains: db.project.domains };
  const readCatalogue = () => db.admin.query("select source_table, change_table from vitrine_captured_table");
  const before = await readCatalogue();
  await db.admin.query(
    `alter table vitrine_captured_table drop column lacks_keys;
    rename table vitrine_captured_table to vitrine_change_table;
    delete from vitrine_migration where name = 'migrations/core/0015-captured-tables.sql'`,
  );
  const steps = await migrateUp(target);
  expect(steps.map(({ name }) => name)).toContain("migrations/core/0015-captured-tables.sql");
  expect(await readCatalogue()).toEqual(before);
  expect(before.length).toBeGreaterThan(1);
  expect(await db.admin.query("show tables like 'vitrine_change_table'")).toEqual([]);
  expect(await migrateUp(target)).toEqual([]);
  await db.close();
});
