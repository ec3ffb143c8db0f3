import { Decimal128 } from "mongodb";

/** Bias of a Decimal128 exponent; the exponent of our decimals is −scale. */
const BIAS = 6176;
const TWO_32 = 2 ** 32;
/** Integers are exact below 2^53: their upper half is below this. */
const EXACT_HIGH = 2 ** 21;
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

/**
 * The same back: the canonical text of a Decimal128 with this very scale whose digits are exact as a JavaScript number;
 * undefined for any other, which the driver has to print (2 µs each).
 */
export function readDecimal128({ bytes }: Decimal128, scale: number): string | undefined {
  const [low = 0, high = 0] = [readInt32(bytes, 0), readInt32(bytes, 4)];
  const [last = 0, sign = 0] = [bytes[14], bytes[15]];
  const rest = readInt32(bytes, 8) | (bytes[12] ?? 0) | (bytes[13] ?? 0) | (last & 1);
  const exponent = ((sign & 0x7f) << 7) | (last >> 1);
  if (rest !== 0 || high >= EXACT_HIGH || exponent !== BIAS - scale) return undefined;
  const coefficient = high * TWO_32 + low;
  const digits = String(coefficient).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return sign >= 0x80 && coefficient !== 0 ? `-${text}` : text;
}

/** Not negative. */
const readInt32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
  0;

function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = (value >>> 24) & 0xff;
}
