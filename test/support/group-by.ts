/** What the oracles of the shop count with: plain loops over rows, money as a number of cents. */

/** The rows by their key, each group in the order of the rows. */
export function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

/** What has the key. @throws Error when nothing has */
export function get<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`Nothing has the key ${key}.`);
  return value;
}

/** A document of each row, by the text of the row's key. */
export const index = <T extends object>(all: readonly T[], key: keyof T, toDocument: (one: T) => unknown) =>
  new Map(all.map((one) => [String(one[key]), toDocument(one)]));

/** An object with these keys only. */
export const pick = <T extends object, K extends keyof T>(from: T, ...keys: readonly K[]): Pick<T, K> =>
  // The entries are those of the keys.
  Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** `"12.30"` → 1230 */
export const cents = (text: string): number => Number(text.replace(".", ""));

/** 1230 → 12.3, as JSON shows it. */
export const money = (amount: number): number => amount / 100;

/** `part / whole` to the nearest whole number, halves away from zero, without a float in between. */
export function divide(part: bigint, whole: bigint): number {
  const size = part < 0n ? -part : part;
  const rounded = (2n * size + whole) / (2n * whole);
  return Number(part < 0n ? -rounded : rounded);
}
