import type { Breaks } from "./take-breaks.ts";

/** What is sorted in one go: about a millisecond. */
const RUN = 1000;

/** Sorts many items by merging, and leaves the event loop to others in between. Items that are level stay in order. */
export async function sortInTurns<T>(
  items: readonly T[],
  compare: (left: T, right: T) => number,
  rest: Breaks,
): Promise<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += RUN) {
    runs.push(items.slice(start, start + RUN).sort(compare));
    if (rest.isDue()) await rest.take();
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2)
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare, rest));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (left: T, right: T) => number,
  rest: Breaks,
): Promise<readonly T[]> {
  const merged: T[] = [];
  let at = 0;
  for (const one of left) {
    for (let other = right[at]; at < right.length; other = right[at]) {
      // The index is within the list.
      if (compare(one, other as T) <= 0) break;
      merged.push(other as T);
      at += 1;
    }
    merged.push(one);
    if (rest.isDue()) await rest.take();
  }
  for (const other of right.slice(at)) merged.push(other);
  return merged;
}
