import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runControl } from "../../faults/controls.ts";
import { faultKinds } from "../../faults/fault-kinds.ts";
import { type FaultShop, openFaultShop } from "../../faults/fault-shop.ts";
import { createRandom } from "../../faults/random.ts";
import { runCycle } from "../../faults/run-faults.ts";

/** The short version of `npm run test:faults`: a handful of kinds, others on each run. */
const seed = Math.floor(Date.now() / 1000);
let shop: FaultShop;

beforeAll(async () => {
  shop = await openFaultShop(await mkdtemp(join(tmpdir(), "vitrine-faults-")));
});
afterAll(() => shop?.close());

const random = createRandom(seed);
const kills = faultKinds.filter((kind) => kind.name.startsWith("loader killed"));
const chosen = [
  random.pick(kills),
  random.pick(kills),
  ...faultKinds.filter((kind) => /^loader stalled.*1 other|killed -9$|connections cut/.test(kind.name)),
];

test.each(chosen.map((kind, index) => [`${kind.name} (seed ${seed + index})`, kind, index] as const))(
  "nothing is wrong or lost after: %s",
  async (_, kind, index) => {
    const result = await runCycle(shop, kind, seed + index);
    expect(result).toMatchObject({ wrong: [], defects: [], lost: [], isRecovered: true });
    expect(result.acknowledged).toBeGreaterThan(0);
  },
  // Longer than a cycle gives a loader to recover: then it says what was left, instead of timing out.
  180_000,
);

test("a loader that replaces documents whatever their version is leaves wrong ones", async () => {
  let wrong = 0;
  for (let round = 0; round < 4 && wrong === 0; round++)
    wrong = (await runControl(shop, "last write wins", seed + round)).wrong.length;
  expect(wrong).toBeGreaterThan(0);
});
