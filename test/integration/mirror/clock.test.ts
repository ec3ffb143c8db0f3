import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => garden.close());

const HOURS = 3_600_000;

test.each([
  ["back", -6 * HOURS],
  ["forward", 6 * HOURS],
])("a loader whose clock is set %s goes on at once", async (name, shift) => {
  const stop = new AbortController();
  const running = garden.createLoader().run(stop.signal);
  const card = () => garden.mongo.db.collection<{ _id: number }>("plant_card").findOne({ _id: 1 });
  const follow = async (name: string) => {
    await garden.db.run("update gardener set name = ? where gardener_id = 1", [name]);
    await expect.poll(async () => JSON.stringify(await card()), { timeout: 10_000 }).toContain(name);
  };
  await follow(`To${name}`);
  const now = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => now() + shift);
  await follow(`At${name}`);
  stop.abort();
  await running;
  expect(await garden.defects()).toEqual([]);
});
