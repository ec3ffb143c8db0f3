import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  await db.admin.run(
    `insert into vitrine_state (model, shape_hash, rebuild_status, rebuilt_at)
    values ('customer_orders', 'x', 'done', utc_timestamp(3))`,
  );
});
afterAll(() => db?.close());

const migrate = () => migrateUp({ admin: db.admin, sqlDir: db.sqlDir, domains: db.project.domains });
const state = async () =>
  (
    await db.admin.query<{ status: string; trusted: number }>(
      "select rebuild_status as status, rebuilt_at is not null as trusted from vitrine_state",
    )
  )[0];

test("a lost business trigger is mended, and the mirror stays trusted", async () => {
  await db.admin.query("drop trigger order_after_update");
  expect((await migrate()).map((step) => step.name)).toEqual(["triggers/pos/order_after_update.sql"]);
  expect(await state()).toEqual({ status: "done", trusted: 1 });
});

test("a lost capture trigger that is mended while no loader looks leaves a rebuild to do", async () => {
  await db.admin.query("drop trigger order_after_update_capture");
  expect((await migrate()).map((step) => step.name)).toEqual(["triggers/pos/order_after_update_capture.sql"]);
  expect(await state()).toEqual({ status: "needed", trusted: 0 });
});
