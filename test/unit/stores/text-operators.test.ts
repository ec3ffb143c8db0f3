import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapePattern, fitsText, MAX_INSENSITIVE, toPattern } from "../../../src/stores/text-operators.ts";

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

  test("holds equal what patterns without regard to case hold equal, character by character", () => {
    const of = (text: string) => Array.from(text);
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        // Three pairs of letters whose capitals are several are equal for newer tables only.
        fc.pre(!/[\u0390\u1fd3\u03b0\u1fe3\ufb05\ufb06]/.test(one + other));
        const same =
          of(one).length === of(other).length &&
          of(one).every((character, at) =>
            new RegExp(`^${escapePattern(character)}$`, "iu").test(of(other)[at] ?? ""),
          );
        expect(fitsText("equalsInsensitive", one, other)).toBe(same);
      }),
      { numRuns: 2000 },
    );
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
