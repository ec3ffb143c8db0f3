import { afterAll, beforeAll, expect, test } from "vitest";
import { promisedDeeds, runMix } from "../../mix/run-mix.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readTestSeed } from "../../support/test-seed.ts";

/** The short version of `npm run test:mix`: another mix on each run. VITRINE_TEST_SEED repeats one. */
const seed = readTestSeed();
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());

test(`verify --deep is clean and the shop has kept its rules after sales, price changes, cancellations, deletions and imports (VITRINE_TEST_SEED=${seed})`, async () => {
  const { mariadbUrl, mongodbUrl } = database;
  const result = await runMix({ mariadbUrl, mongodbUrl, seed, seconds: 6, scale: 0.02 });
  expect(result.disagreements).toEqual([]);
  for (const report of result.reports)
    expect(report).toMatchObject({ isComplete: true, defects: [], unsettled: 0, rejected: 0 });
  expect(result.broken).toEqual([]);
  for (const deed of promisedDeeds) expect(result.deeds.get(deed)?.done, deed).toBeGreaterThan(0);
}, 180_000);
