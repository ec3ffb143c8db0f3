import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runControl } from "../../faults/controls.ts";
import { strikeLoader } from "../../faults/fault-kinds.ts";
import { type FaultShop, openFaultShop } from "../../faults/fault-shop.ts";
import { runCycle } from "../../faults/run-faults.ts";
import { planShortRun } from "../../faults/short-plan.ts";
import { readTestSeed } from "../../support/test-seed.ts";

/** The short version of `npm run test:faults`: some faults always, others on each run. VITRINE_TEST_SEED repeats one. */
const seed = readTestSeed();
let shop: FaultShop;

beforeAll(async () => {
  shop = await openFaultShop(await mkdtemp(join(tmpdir(), "vitrine-faults-")));
});
afterAll(() => shop?.close());

test.each(planShortRun(seed).map((kind, index) => [kind.name, kind, index] as const))(
  `nothing is wrong or lost after: %s (VITRINE_TEST_SEED=${seed})`,
  async (_, kind, index) => {
    const result = await runCycle(shop, kind, seed + index);
    expect(result).toMatchObject({ wrong: [], defects: [], lost: [], isRecovered: true });
    expect(result.acknowledged).toBeGreaterThan(0);
  },
  // Longer than a cycle gives a loader to recover: then it says what was left, instead of timing out.
  180_000,
);

test("a loader that was not struck in time is not struck later, by what comes next", async () => {
  const strike = { step: "raise position", when: "before", count: 1_000_000, signal: "SIGSTOP" } as const;
  expect(await strikeLoader(shop, strike, { patienceMs: 100 })).toBeNull();
  expect(shop.loaders()).toEqual([]);
  await shop.startLoader();
});

test("a cycle does not begin with a loader that stands still", async () => {
  const [loader] = shop.loaders();
  const [kind] = planShortRun(seed);
  if (!loader || !kind) throw new Error("There is a loader, and a fault.");
  loader.signal("SIGSTOP");
  // The system takes a moment to stop it.
  await expect.poll(() => loader.isRunning()).toBe(false);
  await expect(runCycle(shop, kind, seed)).rejects.toThrow("stands still");
  loader.signal("SIGCONT");
});

test("a loader that replaces documents whatever their version is leaves wrong ones", async () => {
  let wrong = 0;
  for (let round = 0; round < 4 && wrong === 0; round++)
    wrong = (await runControl(shop, "last write wins", seed + round)).wrong.length;
  expect(wrong).toBeGreaterThan(0);
}, 180_000);
