import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitsText, MAX_INSENSITIVE, toPattern } from "../../../src/stores/text-operators.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom(..."aAſsSßẞİiIıσςΣµΜθϑϴΘkKÅåéÉ𐐀𐐨ǅǆǄᾳᾼ\u0345ιΙᲀвВᏸᏰꭰᎠ", "e\u0301", "\n", ".", "\0"))
    .map((characters) => characters.join("")),
);

describe("An insensitive operator", () => {
  test.each([
    ["Straße", "STRASSE", false],
    ["STRAẞE", "straße", true],
    ["ΟΔΟΣ", "οδος", true],
    ["οδοσ", "οδος", true],
    ["İstanbul", "istanbul", false],
    ["ISPARTA", "ısparta", false],
    ["É", "é", true],
    ["e\u0301", "é", false],
    ["Kelvin", "kelvin", true],
    ["𐐀", "𐐨", true],
  ])("holds %j and %j for equal: %j", (one, other, isEqual) => {
    expect(fitsText("equalsInsensitive", one, other)).toBe(isEqual);
    expect(fitsText("equalsInsensitive", other, one)).toBe(isEqual);
  });

  test("holds equal what patterns without regard to case hold equal, for every character that has a case", () => {
    // Three pairs of letters whose capitals are several are equal for newer tables only.
    const disputed = new Set("\u0390\u1fd3\u03b0\u1fe3\ufb05\ufb06");
    let compared = 0;
    for (let code = 0; code < 0x20000; code++) {
      const one = String.fromCodePoint(code);
      if (/\p{Surrogate}/u.test(one) || disputed.has(one)) continue;
      const [upper, lower] = [one.toUpperCase(), one.toLowerCase()];
      for (const other of new Set([upper, lower, upper.toLowerCase(), lower.toUpperCase()])) {
        if (other === one || Array.from(other).length !== 1) continue;
        const isEqual = new RegExp(`^${one}$`, "iu").test(other);
        if (fitsText("equalsInsensitive", one, other) !== isEqual) expect([one, other]).toBe(isEqual);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(2500);
  });

  test("fits the same texts by its pattern", () => {
    // The anchors of JavaScript have other names.
    const patternOf = (
      operator: "equalsInsensitive" | "containsInsensitive" | "startsWithInsensitive",
      text: string,
    ) => new RegExp(toPattern(operator, text).replace(/^\\A/, "^").replace(/\\z$/, "$"), "u");
    fc.assert(
      fc.property(texts, texts, fc.nat(5), (value, other, from) => {
        for (const operator of ["equalsInsensitive", "containsInsensitive", "startsWithInsensitive"] as const)
          for (const operand of [
            other,
            value.toUpperCase(),
            Array.from(value).slice(from).join("").toLowerCase(),
          ])
            expect(patternOf(operator, operand).test(value)).toBe(fitsText(operator, value, operand));
      }),
      { numRuns: 1000 },
    );
  });

  test("makes a pattern that every server takes, of as many characters as may be asked for", () => {
    for (const character of "aksßσθιåтᏸ𐐀日.")
      for (const operator of ["equalsInsensitive", "containsInsensitive"] as const)
        expect(
          Buffer.byteLength(toPattern(operator, character.repeat(MAX_INSENSITIVE))),
          character,
        ).toBeLessThanOrEqual(1000);
  });
});
