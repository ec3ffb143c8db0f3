/** A number in digits: `unscaled / 10 ** scale`. */
interface Digits {
  readonly unscaled: bigint;
  readonly scale: number;
}

function toDigits(text: string): Digits | null {
  const [, sign = "", whole, fraction = ""] = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  return { unscaled: BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`), scale: fraction.length };
}

/** Compares numbers that come as text, or as numbers, exactly; what is no number comes last. */
export function compareNumbers(a: unknown, b: unknown): number {
  const [one, other] = [toDigits(String(a)), toDigits(String(b))];
  if (!one || !other) return Number(one === null) - Number(other === null);
  const scale = Math.max(one.scale, other.scale);
  const difference = raise(one, scale) - raise(other, scale);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** The sum of numbers, exact, with as many digits after the point as the longest has; null when one is no number. */
export function sumNumbers(values: readonly unknown[]): string | null {
  let sum = 0n;
  let scale = 0;
  for (const value of values) {
    const digits = toDigits(String(value));
    if (!digits) return null;
    if (digits.scale > scale) {
      sum *= 10n ** BigInt(digits.scale - scale);
      scale = digits.scale;
    }
    sum += raise(digits, scale);
  }
  const text = String(sum < 0n ? -sum : sum).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  return `${sum < 0n ? "-" : ""}${whole}${scale > 0 ? `.${text.slice(-scale)}` : ""}`;
}

const raise = ({ unscaled, scale }: Digits, to: number): bigint => unscaled * 10n ** BigInt(to - scale);
