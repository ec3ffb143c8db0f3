import { describe, expect, test } from "vitest";
import { findLimitProblems, leastLimits, type RoleLimits } from "../../../src/models/role-limits.ts";

describe("The limits of a role", () => {
  test("are numbers of work that can be done", () => {
    expect(findLimitProblems({ costPerMinute: 1, subscriptions: 0, first: 1, depth: 1 })).toEqual([]);
    const wrong = { costPerMinute: 0, subscriptions: 1.5, first: "9", rows: 3 } as unknown as RoleLimits;
    expect(findLimitProblems(wrong)).toEqual([
      "limits.costPerMinute must be a whole number from 1 on, not 0.",
      "limits.subscriptions must be a whole number from 0 on, not 1.5.",
      "limits.first must be a whole number from 1 on, not 9.",
      'limits has no "rows". There are costPerMinute, subscriptions, first, depth.',
    ]);
  });

  test("are the least of what several domains say, each for itself", () => {
    expect(leastLimits([{ first: 20, depth: 5 }, undefined, { first: 50, subscriptions: 2 }])).toEqual({
      first: 20,
      depth: 5,
      subscriptions: 2,
    });
    expect(leastLimits([])).toEqual({});
  });
});
