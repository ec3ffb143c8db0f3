import { Decimal128 } from "mongodb";

/** Bias of a Decimal128 exponent; the exponent of our decimals is −scale. */
const BIAS = 6176;
const TWO_32 = 2 ** 32;
/** Coefficients of at most 15 digits are exact as a JavaScript number. */
const EXACT_DIGITS = 15;

/**
 * Canonical decimal text of a field with this scale → Decimal128, its scale kept (1.50 is 150 × 10⁻²). The
 * driver's parser takes 2 µs per number; the usual ones, up to 15 digits, are put together here.
 */
export function toDecimal128(text: string, scale: number): Decimal128 {
  const negative = text.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  if (text.length - start > EXACT_DIGITS) return Decimal128.fromString(text);
  let coefficient = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 46) coefficient = coefficient * 10 + (code - 48);
  }
  const bytes = new Uint8Array(16);
  writeInt32(bytes, 0, coefficient % TWO_32);
  writeInt32(bytes, 4, Math.floor(coefficient / TWO_32));
  // The exponent's 14 bits follow the sign bit; the coefficient's upper bits are zero.
  const exponent = (BIAS - scale) * 2;
  bytes[14] = exponent & 0xff;
  bytes[15] = (exponent >> 8) | (negative ? 0x80 : 0);
  return new Decimal128(bytes);
}

function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = (value >>> 24) & 0xff;
}
