import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Derivation, Refused } from "../../../src/derive/derivation.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allShapes } from "../../support/derive/all-shapes.ts";
import { createGarden, type DerivedGarden, deriveGarden } from "../../support/derive/derived-garden.ts";
import { readTestSeed } from "../../support/test-seed.ts";

/** Rounds of random writes per shape, half of them drawn anew each time. */
const rounds = Number(process.env.VITRINE_DERIVE_ROUNDS ?? 4);
const seed = readTestSeed();

let db: TestDatabase;
let garden: DerivedGarden;

beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  await createGarden(db.admin);
  garden = await deriveGarden(db.admin, allShapes);
});
afterAll(() => db?.close());

const kindOf = (derived: Derivation | Refused): string => {
  if (derived.kind === "refused") return "refused";
  const kinds = derived.tables.flatMap((table) => table.ways.map((way) => way.kind));
  return (["every", "scan"] as const).find((kind) => kinds.includes(kind)) ?? "precise";
};

test("there are shapes of all kinds", () => {
  expect(allShapes.length).toBeGreaterThan(90);
  expect(new Set(allShapes.map((shape) => shape.title)).size).toBe(allShapes.length);
});

describe(`a document that differs is named, in whatever batches (VITRINE_TEST_SEED=${seed})`, () => {
  test.each(allShapes)("$title: $kind", async (shape) => {
    const derived = garden.derivation(shape);
    expect(kindOf(derived)).toBe(shape.kind);
    if (derived.kind === "refused") {
      expect(derived.reason).toMatch(/^View shape_\d+ cannot be derived\. \S.*\. \S.*\.$/);
      return;
    }
    let different = 0;
    const play = async (which: number) => {
      const result = await garden.play(shape, which);
      expect({ seed: which, wrong: result.wrong }).toEqual({ seed: which, wrong: [] });
      different += result.different;
    };
    for (let round = 0; round < rounds; round += 1) await play(round % 2 === 0 ? round : seed + round);
    // A view that no round changed was not judged.
    for (let round = rounds; different === 0 && round < 200; round += 1) await play(round);
    expect(different).toBeGreaterThan(0);
  });
});
