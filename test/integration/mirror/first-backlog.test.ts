import { afterAll, beforeAll, expect, test } from "vitest";
import { countChanges } from "../../support/changes.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
});
afterAll(() => shop?.close());

test("changes of before the first rebuild are dropped, also where models that nobody mirrors read the table", async () => {
  const logged = await countChanges(shop.db);
  expect(logged).toBeGreaterThan(10);
  const model = shop.model("customer_orders");
  await shop.createLoader([model]).once(new AbortController().signal);
  expect(shop.events).toContainEqual({ type: "dropped", changes: logged });
  expect(await countChanges(shop.db)).toBe(0);
  expect((await shop.verify(model.name)).defects).toEqual([]);
});

test("but not those of a table that a mirrored model reads", async () => {
  shop.events.length = 0;
  await shop.db.run("update customer set last_name = 'Seen' where customer_id = 1");
  await shop.mirror();
  expect(shop.events.filter(({ type }) => type === "dropped")).toEqual([]);
  expect(await shop.defects()).toEqual([]);
});
