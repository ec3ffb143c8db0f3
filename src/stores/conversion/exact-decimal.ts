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
  if (divisor === 0) return null;
  const value = parse(dividend);
  // numerator / denominator is the quotient × 10^scale
  const numerator = value.digits * 10n ** BigInt(scale);
  const denominator = BigInt(divisor) * 10n ** BigInt(value.scale);
  const half = numerator < 0n === denominator < 0n ? denominator : -denominator;
  return format({ digits: (2n * numerator + half) / (2n * denominator), scale });
}

/** A number with so many digits after the point, which has no more of them. */
export function withScale(text: string, scale: number): string {
  const value = parse(text);
  return value.scale >= scale ? text : format({ digits: rescale(value, scale), scale });
}
