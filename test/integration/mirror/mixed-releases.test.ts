import { afterAll, beforeAll, expect, test } from "vitest";
import { landCycle, readCycle } from "../../../src/mirror/resolve/cycle.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { everything } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

/** A cycle of a loader that knows all models but this one: an older release. */
const resolveWithout = (name: string) =>
  withSnapshots(shop.db, async (snapshots) => {
    const models = shop.models.filter((model) => model.name !== name);
    return readCycle(snapshots, models, await everything(shop.db));
  });
const stateOf = async (name: string) =>
  (await shop.db.query("select rebuild_status, rebuilt_at from vitrine_state where model = ?", [name]))[0];

test("an older loader that takes the changes of a model it does not know has that model rebuilt", async () => {
  await shop.db.run("update orderline set unit_price = 3 where order_id = 1");
  await landCycle(shop.db, await resolveWithout("order_details"));
  expect(await stateOf("order_details")).toMatchObject({ rebuild_status: "needed", rebuilt_at: null });
  expect(await stateOf("customer_orders")).toMatchObject({ rebuild_status: "done" });
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});

test("a rebuild of that model that began after the older loader's snapshot has seen them, and goes on", async () => {
  await shop.db.run("update vitrine_state set rebuild_status = 'needed', rebuilt_at = null where model = ?", [
    "order_details",
  ]);
  await shop.db.run("update orderline set unit_price = 4 where order_id = 1");
  const cycle = await resolveWithout("order_details");
  await shop.db.run(
    "update vitrine_state set rebuild_status = 'running', rebuild_from = 1000000 where model = ?",
    ["order_details"],
  );
  await landCycle(shop.db, cycle);
  expect(await stateOf("order_details")).toMatchObject({ rebuild_status: "running" });
  await shop.db.run("update vitrine_state set rebuild_status = 'needed' where model = 'order_details'");
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});
