import { afterAll, beforeAll, expect, test } from "vitest";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createGarden, deriveGarden } from "../../support/derive/derived-garden.ts";
import { createRandomView } from "../../support/derive/random-view.ts";
import { shape } from "../../support/derive/shape.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const views = 10 * Number(process.env.VITRINE_DERIVE_ROUNDS ?? 4);
const rounds = 8;
const seed = readTestSeed();

let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  await createGarden(db.admin);
});
afterAll(() => db?.close());

test(`views that nobody wrote are derived soundly too (VITRINE_TEST_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  const counts = { derived: 0, different: 0 };
  const all = Array.from({ length: views }, (_, index) =>
    shape(`view ${seed + index}`, "precise", createRandomView(seed + index)),
  );
  const garden = await deriveGarden(db.admin, all);
  for (const one of all.filter((each) => garden.derivation(each).kind === "derived")) {
    counts.derived += 1;
    for (let round = seed; round < seed + rounds; round += 1) {
      const { wrong, different } = await garden.play(one, round);
      expect({ sql: one.sql, round, wrong }).toEqual({ sql: one.sql, round, wrong: [] });
      counts.different += different;
    }
  }
  expect(counts.derived).toBeGreaterThan(views / 2);
  expect(counts.different).toBeGreaterThan(views / 2);
});
