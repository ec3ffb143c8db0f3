import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => shop.close());

const HOURS = 3_600_000;

test.each([
  ["back", -6 * HOURS],
  ["forward", 6 * HOURS],
])("a loader whose clock is set %s goes on at once", async (name, shift) => {
  const stop = new AbortController();
  const running = shop.createLoader().run(stop.signal);
  const order = () => shop.mongo.db.collection<{ _id: number }>("order_details").findOne({ _id: 1 });
  const follow = async (lastName: string) => {
    await shop.db.run("update customer set last_name = ? where customer_id = 1", [lastName]);
    await expect
      .poll(async () => JSON.stringify(await order()), { timeout: 10_000 })
      .toContain(`Ada ${lastName}`);
  };
  await follow(`Before${name}`);
  const now = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => now() + shift);
  await follow(`After${name}`);
  stop.abort();
  await running;
  expect(await shop.defects()).toEqual([]);
});
