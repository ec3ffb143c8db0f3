/** Arithmetic on decimal numbers as text, through BigInt: never a float in between. */

interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

function parse(text: string): Scaled {
  const point = text.indexOf(".");
  if (point < 0) return { digits: BigInt(text), scale: 0 };
  return { digits: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

function format({ digits, scale }: Scaled): string {
  if (scale === 0) return digits.toString();
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return `${digits < 0n ? "-" : ""}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

const rescale = (value: Scaled, scale: number): bigint => value.digits * 10n ** BigInt(scale - value.scale);

/** Negative, zero or positive, as for `sort`. */
export function compareDecimals(left: string, right: string): number {
  const a = parse(left);
  const b = parse(right);
  const scale = Math.max(a.scale, b.scale);
  const difference = rescale(a, scale) - rescale(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * `dividend / divisor` with `scale` digits after the point, rounded half up (away from zero), as MariaDB
 * rounds. MongoDB's `$round` rounds half to even, so both stores divide here. Null when the divisor is 0.
 */
export function divideHalfUp(dividend: string, divisor: number, scale: number): string | null {
  const value = parse(dividend);
  return ratioHalfUp(value.digits, BigInt(divisor) * 10n ** BigInt(value.scale), scale);
}

/** The same of whole numbers. */
export function ratioHalfUp(dividend: bigint, divisor: bigint, scale: number): string | null {
  if (divisor === 0n) return null;
  // numerator / divisor is the quotient × 10^scale
  const numerator = dividend * 10n ** BigInt(scale);
  const half = numerator < 0n === divisor < 0n ? divisor : -divisor;
  return format({ digits: (2n * numerator + half) / (2n * divisor), scale });
}

/** A number as a whole number of units of 10^-scale; it has no more digits than that after the point. */
export const toUnits = (text: string, scale: number): bigint => rescale(parse(text), scale);

/** A whole number of units of 10^-scale as text. */
export const fromUnits = (digits: bigint, scale: number): string => format({ digits, scale });

/** A number with so many digits after the point, which has no more of them. */
export const withScale = (text: string, scale: number): string =>
  parse(text).scale >= scale ? text : fromUnits(toUnits(text, scale), scale);
