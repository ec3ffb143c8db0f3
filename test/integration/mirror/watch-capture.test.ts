import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { watchCapture } from "../../../src/watch-capture.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test("a trigger that was dropped and made again between two looks is told, once", async () => {
  const { admin, loader, project } = db;
  const look = watchCapture({ admin, loader, project });
  expect(await look()).toBeNull();
  await admin.query("drop trigger customer_after_update_capture");
  await migrateUp({ admin, sqlDir: db.sqlDir, domains: project.domains });
  expect(await look()).toMatch(/made anew/);
  expect(await look()).toBeNull();
});

test("a trigger that is missing is told as long as it is", async () => {
  const { admin, loader, project } = db;
  const look = watchCapture({ admin, loader, project });
  await admin.query("drop trigger customer_after_update_capture");
  expect(await look()).toMatch(/customer_after_update_capture is missing/);
  expect(await look()).toMatch(/customer_after_update_capture is missing/);
});
