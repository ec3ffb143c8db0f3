import { describe, expect, it } from "vitest";
import { faultKinds } from "../../faults/fault-kinds.ts";
import { planShortRun } from "../../faults/short-plan.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const names = (seed: number) => planShortRun(seed).map((kind) => kind.name);

describe("the faults of a short run", () => {
  it("are the same for the same seed, and no fault comes twice", () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(names(seed)).toEqual(names(seed));
      expect(new Set(names(seed)).size).toBe(names(seed).length);
    }
    expect(names(1)).not.toEqual(names(2));
  });

  it("include every fault sooner or later, except the one that takes a minute", () => {
    const seen = new Set(Array.from({ length: 300 }, (_, seed) => names(seed)).flat());
    expect(faultKinds.map((kind) => kind.name).filter((name) => !seen.has(name))).toEqual([
      "MongoDB slow for a minute",
    ]);
  });
});

describe("VITRINE_TEST_SEED", () => {
  it("is the seed when it is set", () => {
    expect(readTestSeed({ VITRINE_TEST_SEED: "42" })).toBe(42);
  });

  it("is refused when it is no whole number", () => {
    expect(() => readTestSeed({ VITRINE_TEST_SEED: "4x" })).toThrow('not "4x"');
  });

  it("is another number each second when it is not set", () => {
    const now = Math.floor(Date.now() / 1000) % 1_000_000;
    expect(Math.abs(readTestSeed({}) - now)).toBeLessThanOrEqual(1);
    expect(Math.abs(readTestSeed({ VITRINE_TEST_SEED: "" }) - now)).toBeLessThanOrEqual(1);
  });
});
