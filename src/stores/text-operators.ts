/** Operators on text beside equality and order, each answered alike by MariaDB, MongoDB and this process. */
export type TextOperator =
  | "contains"
  | "startsWith"
  | "equalsInsensitive"
  | "containsInsensitive"
  | "startsWithInsensitive";

/** Characters that may be asked for without regard to case, at most: a server takes no longer patterns. */
export const MAX_INSENSITIVE = 80;

/** Whether a text fits: what both stores answer. */
export function fitsText(operator: TextOperator, value: string, operand: string): boolean {
  switch (operator) {
    case "contains":
      return value.includes(operand);
    case "startsWith":
      return value.startsWith(operand);
    case "equalsInsensitive":
      return foldCase(value) === foldCase(operand);
    case "containsInsensitive":
      return foldCase(value).includes(foldCase(operand));
    case "startsWithInsensitive":
      return foldCase(value).startsWith(foldCase(operand));
  }
}

/**
 * The pattern of an insensitive operator, for both servers: it spells every case of every character out, because each
 * server has case tables of its own. Anchored by \A and \z, which mean the same to all, as $ does not.
 */
export function toPattern(
  operator: Exclude<TextOperator, "contains" | "startsWith">,
  operand: string,
): string {
  const inner = Array.from(operand, (character) => {
    const cases = casesOf(fold(character));
    return cases === undefined ? escapePattern(character) : `[${cases}]`;
  }).join("");
  switch (operator) {
    case "equalsInsensitive":
      return `\\A(?:${inner})\\z`;
    case "containsInsensitive":
      return `(?:${inner})`;
    case "startsWithInsensitive":
      return `\\A(?:${inner})`;
  }
}

/**
 * The texts with a prefix, as a range in the order of characters (which is that of UTF-8): from this one on, and below that
 * one when there is one.
 */
export function prefixRange(prefix: string): { readonly from: string; readonly below: string | null } {
  const characters = Array.from(prefix);
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0) ?? 0;
    // Nothing comes after the last character: the one before it is raised instead.
    if (code === 0x10ffff) continue;
    const next = String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
    return { from: prefix, below: characters.join("") + next };
  }
  return { from: prefix, below: null };
}

/** Text as a pattern of itself, which cannot hold a NUL byte as such. */
export const escapePattern = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("\0", "\\x00");

/**
 * Unicode's simple case folding: one character for one, whatever stands beside it. σ, ς and Σ are equal, ß and ẞ too;
 * ß is not ss, İ and ı are not i, and é is not e with an accent after it.
 */
const foldCase = (text: string): string => Array.from(text, fold).join("");

function fold(character: string): string {
  if (character < "\u0080") return character.toLowerCase();
  const upper = alone(character.toUpperCase()) ?? character;
  const lower = alone(upper.toLowerCase()) ?? upper;
  if (lower === character) return character;
  // Of ı the capital is I, which is that of i: folding keeps apart what changing case would mix.
  return new RegExp(`^${character}$`, "iu").test(lower) ? lower : character;
}

/** The text when it is one character: ß has none that is its capital. */
const alone = (text: string): string | undefined =>
  text.length === String.fromCodePoint(text.codePointAt(0) ?? 0).length ? text : undefined;

/** Blocks without case: ideographs, syllables and what is kept for private use. */
const caseless = [
  [0x2e80, 0xa63f],
  [0xac00, 0xfaff],
  [0x17000, 0x1dfff],
] as const;
/** No letter beyond has a case. */
const LAST_CASED = 0x1f000;

/** All characters that fold to this one, when there are several; looked up the first time that somebody asks. */
const casesOf = (() => {
  let known: ReadonlyMap<string, string> | undefined;
  return (folded: string): string | undefined => {
    known ??= findCases();
    return known.get(folded);
  };
})();

function findCases(): ReadonlyMap<string, string> {
  const cases = new Map<string, string>();
  for (let code = 0x41; code < LAST_CASED; code++) {
    const block = caseless.find(([first, last]) => code >= first && code <= last);
    if (block) {
      code = block[1];
      continue;
    }
    const character = String.fromCodePoint(code);
    const folded = fold(character);
    if (folded !== character) cases.set(folded, (cases.get(folded) ?? folded) + character);
  }
  return cases;
}
