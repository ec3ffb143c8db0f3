/** A stream of numbers in [0, 1). */
export interface Random {
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
}

/** Mixes whole numbers into 32 well spread bits (the finaliser of MurmurHash3). */
export function mix(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ part, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/**
 * The stream that belongs to `parts` (seed, kind of row, number of the row): every row has its own, so
 * rows are independent of how many came before and files can be made in any order (mulberry32).
 */
export function createRandom(...parts: readonly number[]): Random {
  let state = mix(...parts);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    // The index is below the length by construction; the lists are never empty.
    pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T,
    chance: (p) => next() < p,
  };
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/**
 * A permutation of 0 … n−1 that needs no memory: i → (i × step + start) mod n with step prime to n.
 * Exact while n × n < 2^53.
 */
export function createPermutation(n: number, ...parts: readonly number[]): (i: number) => number {
  if (n < 2) return () => 0;
  let step = 1 + (mix(...parts, 1) % (n - 1));
  while (greatestDivisor(step, n) !== 1) step = (step % (n - 1)) + 1;
  const start = mix(...parts, 2) % n;
  return (i) => (i * step + start) % n;
}
