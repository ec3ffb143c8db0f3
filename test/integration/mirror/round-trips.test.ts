import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBatch } from "../../../src/mirror/apply/apply-batch.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { landCycle, readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { everything } from "../../support/changes.ts";
import { intercept } from "../../support/intercept.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

// On a busy server each statement waits its turn: how soon a commit is visible is, above all, their number.

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

let sent: string[] = [];

/** The same database; what is sent to it is noted. */
const counted = (db: MariaDb) =>
  intercept(db, (sql) => {
    sent.push(sql);
    return undefined;
  });

test("a change is resolved by few statements, however many models there are", async () => {
  await shop.db.run("update orderline set unit_price = unit_price + 1 where order_id = 1");
  const db = counted(shop.db);
  const wanted = await everything(shop.db);
  const resolved = await withSnapshots(db, async (snapshots) => {
    sent = [];
    const cycle = await readCycle(snapshots, shop.models, wanted);
    const landed = await landCycle(db, cycle);
    // The names of tables and views are read every five seconds, the changes of each table are deleted apart.
    const often = sent.filter((sql) => !sql.includes("information_schema"));
    expect(often.length, often.join("\n")).toBeLessThanOrEqual(13);
    return landed;
  });
  // Every model that reads one of the two tables, and no other.
  expect(resolved.queued.size).toBe(15);
  expect([...resolved.queued.values()].filter((rows) => rows > 0).length).toBeGreaterThan(3);
});

test("a batch is read and acknowledged by few statements", async () => {
  await shop.db.run("update orderline set unit_price = unit_price + 1 where order_id = 2");
  const db = counted(shop.db);
  const model = shop.model("order_details");
  await withSnapshots(db, async (snapshots) => {
    await landCycle(db, await readCycle(snapshots, shop.models, await everything(shop.db)));
    sent = [];
    const { batch } = await createBatchReader(model, () => 1n).read(snapshots, {
      changes: true,
      rebuild: null,
    });
    expect(batch?.entries.length).toBeGreaterThan(0);
    expect(sent.length, sent.join("\n")).toBeLessThanOrEqual(9);
    sent = [];
    if (batch) await applyBatch({ db: db, mongo: shop.mongo, model: model }, batch);
    expect(sent.length, sent.join("\n")).toBeLessThanOrEqual(4);
  });
});
