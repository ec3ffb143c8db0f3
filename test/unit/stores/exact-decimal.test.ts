import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareDecimals, divideHalfUp } from "../../../src/stores/conversion/exact-decimal.ts";

describe("divideHalfUp", () => {
  test.each([
    ["10.05", 2, 2, "5.03"],
    ["10.025", 1, 2, "10.03"],
    ["-10.025", 1, 2, "-10.03"],
    ["-10.024", 1, 2, "-10.02"],
    ["-0.004", 1, 2, "0.00"],
    ["1", 3, 4, "0.3333"],
    ["2", 3, 0, "1"],
    ["99999999999999999999999999999999.99", 1, 2, "99999999999999999999999999999999.99"],
    ["0", 7, 2, "0.00"],
  ])("%s / %i with %i digits is %s", (dividend, divisor, scale, quotient) => {
    expect(divideHalfUp(dividend, divisor, scale)).toBe(quotient);
  });

  test("nothing is divided by 0", () => {
    expect(divideHalfUp("5.00", 0, 2)).toBeNull();
  });

  test("the quotient is never further than half a unit from the truth, and a half goes up", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.integer({ min: 1, max: 1e6 }),
        (cents, divisor) => {
          const sign = cents < 0n ? "-" : "";
          const text = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
          const quotient = divideHalfUp(`${sign}${text.slice(0, -2)}.${text.slice(-2)}`, divisor, 2) ?? "";
          const rest = 2n * (cents - BigInt(quotient.replace(".", "")) * BigInt(divisor));
          const size = rest < 0n ? -rest : rest;
          expect(size <= BigInt(divisor)).toBe(true);
          if (size === BigInt(divisor)) expect(rest < 0n).toBe(cents >= 0n);
        },
      ),
    );
  });
});

test.each([
  ["2.10", "2.1", 0],
  ["-3", "2", -1],
  ["10", "9.99", 1],
  ["-0.5", "-0.25", -1],
])("%s compared with %s is %i", (left, right, order) => {
  expect(compareDecimals(left, right)).toBe(order);
});
