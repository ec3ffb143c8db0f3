import { afterAll, beforeAll, expect, test } from "vitest";
import { runMix } from "../../mix/run-mix.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

/** The short version of `npm run test:mix`: another mix on each run. */
const seed = Math.floor(Date.now() / 1000) % 1_000_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());

test(`verify --deep is clean after sales, price changes, cancellations, deletions and imports (seed ${seed})`, async () => {
  const { mariadbUrl, mongodbUrl } = database;
  const result = await runMix({ mariadbUrl, mongodbUrl, seed, seconds: 6, scale: 0.02 });
  expect(result.disagreements).toEqual([]);
  for (const report of result.reports)
    expect(report).toMatchObject({ isComplete: true, defects: [], unsettled: 0, dead: 0 });
  const done = [...result.deeds.values()].reduce((sum, tally) => sum + tally.done, 0);
  expect(done).toBeGreaterThan(10);
  expect(result.deeds.has("import files")).toBe(true);
}, 180_000);
